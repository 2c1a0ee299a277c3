//! What becomes of former files.

use std::os::unix::fs::PermissionsExt;
use std::time::{Instant, SystemTime};

use super::*;

const OLDEST: &str = "shop.log.2026-08-06T12-00-00.000Z";
const NEWER: &str = "shop.log.2026-08-06T13-00-00.000Z";

/// What keeps everything and waits for nobody.
fn rules() -> Rules {
    Rules {
        rest: Duration::ZERO,
        max_age: Duration::MAX,
        ..Rules::default()
    }
}

fn make(place: &Place, name: &str, text: &str) -> PathBuf {
    let path = place.directory.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn lines(count: usize) -> String {
    (0..count).map(|n| format!("line {n}\n")).collect()
}

#[test]
fn former_files_are_compressed_with_their_time_and_mode() {
    let place = Place::new();
    let text = lines(10_000);
    let path = make(&place, OLDEST, &text);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let hour_ago = SystemTime::now() - Duration::from_secs(3600);
    let file = fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(hour_ago).unwrap();
    place.archive().tidy(&rules()).unwrap();
    let name = format!("{OLDEST}.gz");
    assert_eq!(place.former(), [&*name]);
    assert_eq!(place.read(&name), text);
    let metadata = fs::metadata(place.directory.path().join(&name)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!(metadata.modified().unwrap(), hour_ago);
    assert!(metadata.len() < text.len() as u64 / 4);
}

#[test]
fn what_a_killed_process_left_is_cleared_up() {
    let place = Place::new();
    make(&place, OLDEST, &lines(10));
    // It died while it compressed, and one before it after that, when the original was still to be removed.
    // No process has so high a number.
    make(&place, &format!("{OLDEST}.gz.2147483647.tmp"), "half a gzi");
    make(&place, NEWER, &lines(20));
    make(&place, &format!("{NEWER}.gz"), "as good as the original");
    // Those of a process that lives are its own affair.
    let parent = format!("{NEWER}.gz.{}.tmp", std::os::unix::process::parent_id());
    make(&place, &parent, "under way");
    place.archive().tidy(&rules()).unwrap();
    let compressed = [OLDEST, NEWER].map(|name| format!("{name}.gz"));
    assert_eq!(place.former(), [&*compressed[0], &*compressed[1], &*parent]);
    assert_eq!(place.read(&compressed[0]), lines(10));
    assert_eq!(place.read(&compressed[1]), lines(20));
}

#[test]
fn files_of_others_are_neither_compressed_nor_removed() {
    let place = Place::new();
    let others = ["shop.log.1", "shop.log.old", "shop.log.2026-08-06", "notes"];
    for name in others {
        make(&place, name, "keep me");
    }
    make(&place, OLDEST, "gone");
    let nothing = Rules {
        max_files: 0,
        ..rules()
    };
    place.archive().tidy(&nothing).unwrap();
    assert_eq!(
        place.former(),
        ["notes", "shop.log.1", "shop.log.2026-08-06", "shop.log.old"]
    );
}

#[test]
fn the_oldest_files_are_removed_compressed_or_not() {
    let place = Place::new();
    make(&place, &format!("{OLDEST}.gz"), "old");
    make(&place, NEWER, "new");
    let one = Rules {
        max_files: 1,
        compress: false,
        ..rules()
    };
    place.archive().tidy(&one).unwrap();
    assert_eq!(place.former(), [NEWER]);
}

#[test]
fn what_does_not_stay_goes_before_anything_is_compressed() {
    let place = Place::new();
    for hour in 10..20 {
        make(
            &place,
            &format!("shop.log.2026-08-06T{hour}-00-00.000Z"),
            "x",
        );
    }
    let archive = place.archive();
    let patient = Rules {
        max_files: 3,
        rest: Duration::from_secs(3600),
        ..rules()
    };
    std::thread::spawn(move || archive.tidy(&patient));
    let started = Instant::now();
    while place.former().len() > 3 {
        assert!(started.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn age_is_that_of_the_last_line() {
    let place = Place::new();
    // The name says that it is old, but a clock may have been wrong.
    make(&place, OLDEST, "just written");
    let old = make(&place, NEWER, "written long ago");
    let file = fs::File::options().append(true).open(old).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(7200))
        .unwrap();
    let hour = Rules {
        max_age: Duration::from_secs(3600),
        compress: false,
        ..rules()
    };
    place.archive().tidy(&hour).unwrap();
    assert_eq!(place.former(), [OLDEST]);
}

#[test]
fn lines_that_come_while_a_file_is_compressed_are_not_lost() {
    let place = Place::new();
    let path = make(&place, OLDEST, &lines(1000));
    let archive = place.archive();
    std::thread::scope(|scope| {
        let patient = Rules {
            rest: Duration::from_millis(50),
            ..rules()
        };
        let tidy = scope.spawn(move || archive.tidy(&patient).unwrap());
        // Another process has the file open, and has not noticed yet.
        let mut file = fs::File::options().append(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, b"late\n").unwrap();
        tidy.join().unwrap();
    });
    assert_eq!(place.all(), format!("{}late\n", lines(1000)));
}

#[test]
fn a_former_file_that_somebody_else_removes_is_no_error() {
    let place = Place::new();
    let path = make(&place, OLDEST, &lines(10));
    make(&place, NEWER, &lines(20));
    let archive = place.archive();
    std::thread::scope(|scope| {
        let patient = Rules {
            rest: Duration::from_millis(200),
            ..rules()
        };
        let tidy = scope.spawn(move || archive.tidy(&patient));
        // It has seen the file by now, or never will.
        std::thread::sleep(Duration::from_millis(50));
        fs::remove_file(&path).unwrap();
        tidy.join().unwrap().unwrap();
    });
    assert_eq!(place.former(), [format!("{NEWER}.gz")]);
}

#[test]
fn the_sink_has_its_former_files_looked_after() {
    let place = Place::new();
    let mut sink = FileSink::new(place.path())
        .with_rotation(Rotation::Never)
        .with_max_file_size(4096)
        .with_max_files(3);
    sink.rules.rest = Duration::ZERO;
    sink.begin();
    let text = lines(10_000);
    for line in text.lines() {
        write(&mut sink, &[line]);
    }
    let started = Instant::now();
    let is_done = || {
        let former = place.former();
        former.len() == 3 && former.iter().all(|name| name.ends_with(".gz"))
    };
    while !is_done() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{:?}",
            place.former()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(text.ends_with(&place.all()), "the newest lines are there");
}
