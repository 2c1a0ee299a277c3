//! The rules of the specification as tables, and against a model.

mod model;

use proptest::prelude::*;

use super::*;

fn parse(headers: &[&str]) -> Baggage {
    Baggage::parse(headers.iter().map(|header| header.as_bytes()))
}

#[test]
fn members_are_read_and_sent_in_one_form() {
    for (headers, sent) in [
        (&["a=1"][..], "a=1"),
        (&["a=1,b=2", "c=3"], "a=1,b=2,c=3"),
        (&[" a\t= 1 , b =2"], "a=1,b=2"),
        (&["", "a=1", ", ,"], "a=1"),
        (&["a="], "a="),
        (&["a=b=c==d"], "a=b=c==d"),
        (&["a=1;p;q=2 ; r = x=y"], "a=1;p;q=2;r=x=y"),
        (&["a=1,a=2"], "a=1,a=2"),
        (&["a=%41%2c%20"], "a=A%2C%20"),
        (&["a=%25"], "a=%25"),
        (&["a=%zz%4"], "a=%25zz%254"),
        (&["a=%C3%BC"], "a=%C3%BC"),
        (&["a=%ff"], "a=%EF%BF%BD"),
        (&["%41=1"], "%41=1"),
        (&["!#$&'*+-.^_`|~=1"], "!#$&'*+-.^_`|~=1"),
    ] {
        assert_eq!(parse(headers).to_string(), sent, "{headers:?}");
    }
}

#[test]
fn a_malformed_member_is_left_out_alone() {
    for member in [
        "a", "=1", "a b=1", "a=1 2", "a=\"1\"", "a=1\\", "a=ü", "ü=1", "a=1;", "a=1;;p", "a=1;=2",
        "a=1;p q", "a=1;p=\"", "a=\u{1}", "a(=1", "a@b=1",
    ] {
        let header = format!("first=1,{member},last=2");
        assert_eq!(
            parse(&[&header]).to_string(),
            "first=1,last=2",
            "{member:?}"
        );
        assert_eq!(
            member.parse::<Baggage>(),
            Err(BaggageError::Member),
            "{member:?}"
        );
    }
    let binary = Baggage::parse([b"a=\xff,b=2".as_slice()]);
    assert_eq!(binary.to_string(), "b=2");
}

#[test]
fn values_are_texts() {
    let baggage = parse(&["user=J%C3%BCrgen%20K.;source=form;x,broken=%e4"]);
    assert_eq!(baggage.get("user"), Some("Jürgen K."));
    assert_eq!(baggage.properties("user"), Some("source=form;x"));
    assert_eq!(baggage.get("broken"), Some("\u{fffd}"));
    assert_eq!(baggage.properties("broken"), Some(""));
    assert_eq!((baggage.get("User"), baggage.properties("")), (None, None));
}

#[test]
fn of_a_repeated_name_the_last_value_counts_and_all_are_passed_on() {
    let mut baggage = parse(&["a=1,b=2,a=3"]);
    assert_eq!(baggage.get("a"), Some("3"));
    assert_eq!(
        baggage.iter().collect::<Vec<_>>(),
        [("a", "1"), ("b", "2"), ("a", "3")]
    );
    baggage.set("a", "4").unwrap();
    assert_eq!(baggage.to_string(), "b=2,a=4");
    baggage.remove("b");
    baggage.remove("a");
    assert!(baggage.is_empty());
    assert_eq!(baggage, Baggage::EMPTY);
}

#[test]
fn the_65th_member_is_left_out() {
    let members: Vec<_> = (0..65).map(|n| format!("k{n}=v")).collect();
    let baggage = parse(&[&members[..40].join(","), &members[40..].join(",")]);
    assert_eq!(baggage.to_string(), members[..64].join(","));
    assert_eq!(
        members.join(",").parse::<Baggage>(),
        Err(BaggageError::Full)
    );

    let mut full = baggage.clone();
    assert_eq!(full.set("k64", "v"), Err(BaggageError::Full));
    assert_eq!(full, baggage);
    full.set("k0", "another").unwrap();
    assert_eq!((full.len(), full.get("k0")), (64, Some("another")));
}

#[test]
fn a_member_that_makes_it_too_long_is_left_out_whole() {
    let exact = format!("a={},b={}", "x".repeat(4000), "y".repeat(8192 - 4005));
    assert_eq!(exact.len(), Baggage::MAX_BYTES);
    assert_eq!(parse(&[&exact]).to_string(), exact);
    let long = format!("{exact}y,c=1");
    assert_eq!(
        parse(&[&long]).to_string(),
        format!("a={},c=1", "x".repeat(4000))
    );
    // What counts is the text that is sent.
    let mut baggage = Baggage::EMPTY;
    assert_eq!(baggage.set("a", &"ü".repeat(1366)), Err(BaggageError::Full));
    baggage.set("a", &"ü".repeat(1365)).unwrap();
    assert_eq!(baggage.to_string().len(), 8192);
}

#[test]
fn a_name_that_is_no_token_is_refused() {
    let mut baggage = parse(&["a=1"]);
    for name in ["", "a b", "ü", "a,b", "a=b", "a;b"] {
        assert_eq!(baggage.set(name, "1"), Err(BaggageError::Name), "{name}");
    }
    assert_eq!(baggage.to_string(), "a=1");
    assert_eq!(
        BaggageError::Full.to_string(),
        "expected at most 64 members and 8192 bytes"
    );
}

#[test]
fn values_are_not_shown_in_debug_output() {
    assert_eq!(format!("{:?}", parse(&["token=secret"])), r#"{"token"}"#);
}

/// A header that is valid or nearly so.
fn header() -> impl Strategy<Value = Vec<u8>> {
    let member = prop_oneof![
        6 => "[ \t]?[a-z0-9%*]{1,3}[ \t]?=[ \t]?([!-~]|%[0-9a-fA-F]{2}){0,8}[ \t]?(;[ ]?[a-z]{1,2}(=[!-~]{0,3})?){0,2}",
        1 => "[ -~\t]{0,12}",
        1 => "[a-z]{1,3}=[a-z%]{1000,3000}",
    ];
    prop_oneof![
        8 => prop::collection::vec(member, 0..40).prop_map(|list| list.join(",").into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..60),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_model_agrees(headers in prop::collection::vec(header(), 0..4)) {
        let ours = Baggage::parse(headers.iter().map(Vec::as_slice));
        let model = model::parse(&headers);
        let found: Vec<_> = ours
            .members()
            .iter()
            .map(|m| (m.name.to_string(), m.value.to_string(), m.properties.to_string()))
            .collect();
        prop_assert_eq!(found, model);
    }

    #[test]
    fn what_is_sent_is_within_the_limits_and_reads_the_same(headers in prop::collection::vec(header(), 0..4)) {
        let ours = Baggage::parse(headers.iter().map(Vec::as_slice));
        let sent = ours.to_string();
        prop_assert!(sent.len() <= 8192 && ours.len() <= 64);
        prop_assert!(sent.bytes().all(|byte| matches!(byte, b'!'..=b'~')));
        prop_assert_eq!(sent.len(), ours.0.as_ref().map_or(0, |list| list.bytes));
        prop_assert_eq!(Baggage::parse([sent.as_bytes()]), ours);
    }

    #[test]
    fn any_text_is_a_value(value in any::<String>()) {
        let mut baggage = Baggage::EMPTY;
        baggage.set("name", &value).unwrap();
        let read: Baggage = baggage.to_string().parse().unwrap();
        prop_assert_eq!(read.get("name"), Some(value.as_str()));
    }
}
