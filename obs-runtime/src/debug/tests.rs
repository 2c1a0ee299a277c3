//! The flags, apart from what the calls say in the log.

use obs_schema::def::Source;

use super::shown::{AnyShown as _, DebugShown as _, Shown};
use super::site::DebugSite;
use super::*;

const SOURCE: Source = Source {
    module: "shop",
    file: "src/shop.rs",
    line: 7,
};

/// A flag of its own with two functions, of which one is known. What the linker lists is tested where the attribute
/// is.
macro_rules! sites {
    ($flag:literal) => {{
        static SITE: DebugSite = DebugSite::new($flag, "shop::known", SOURCE);
        static OTHER: DebugSite = DebugSite::new($flag, "shop::other", SOURCE);
        flags::note(&SITE);
        (&SITE, &OTHER)
    }};
}

fn flag(name: &str) -> Flag {
    let mut flags = flags().into_iter();
    flags.find(|flag| flag.name == name).unwrap()
}

#[test]
fn a_flag_is_that_of_all_its_functions() {
    let (known, other) = sites!("tests.all");
    assert_eq!(set("tests.all", true), Ok(1));
    assert!(known.is_on());
    assert!(
        other.is_on(),
        "one that is called for the first time knows it too"
    );
    let now = flag("tests.all");
    assert_eq!((now.on, now.until), (true, None));
    assert_eq!(now.functions, ["shop::known", "shop::other"]);
    assert_eq!(set("tests.all", false), Ok(2));
    assert!(!known.is_on() && !other.is_on());
}

#[test]
fn a_flag_is_off_until_it_is_turned_on() {
    let (known, _) = sites!("tests.off");
    assert!(!known.is_on());
    assert!(!flag("tests.off").on);
}

#[test]
fn an_unknown_flag_is_answered_with_the_known_ones() {
    sites!("tests.known");
    let error = set("tests.knwon", true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown debug flag `tests.knwon`; did you mean `tests.known`?"
    );
    assert!(error.known.contains(&"tests.known"));
    let none = UnknownFlag {
        name: "x".to_owned(),
        known: Vec::new(),
    };
    assert!(
        none.to_string()
            .contains("write `#[debug_trace(\"flag\")]`")
    );
}

#[test]
fn a_flag_that_is_on_for_a_while_goes_back_to_what_it_is_for_good() {
    let (known, _) = sites!("tests.while");
    set_for("tests.while", true, Duration::from_secs(3600)).unwrap();
    assert!(flag("tests.while").until.is_some());
    // A second time in the meantime goes back to the same.
    set_for("tests.while", true, Duration::from_millis(20)).unwrap();
    let started = std::time::Instant::now();
    while known.is_on() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it never went back"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let now = flag("tests.while");
    assert_eq!((now.on, now.until), (false, None));
}

#[test]
fn a_flag_that_is_set_for_good_meanwhile_stays() {
    let (known, _) = sites!("tests.stays");
    set_for("tests.stays", true, Duration::from_millis(20)).unwrap();
    set("tests.stays", true).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert!(known.is_on());
}

/// As expansions write it.
macro_rules! shown {
    ($value:expr) => {
        (&Shown($value)).text()
    };
}

#[test]
fn what_is_not_debug_has_no_text() {
    struct Opaque;
    let value = vec![1, 2];
    assert_eq!(shown!(&value).as_deref(), Some("[1, 2]"));
    assert_eq!(shown!("text").as_deref(), Some("\"text\""));
    assert_eq!(shown!(&Opaque), None);
}
