use std::sync::Arc;

use proptest::prelude::*;

use super::super::draft::tests::draft;
use super::super::record::{Place, Record, Scope, Thread};
use super::*;
use crate::trace::{Attribute, SpanId, TraceId, Value};

fn line(record: &Record, colour: bool) -> String {
    let common = Common::new("shop".to_owned(), || 7, true);
    let mut out = String::new();
    write(&mut out, draft(record).view(), &common, colour);
    out
}

fn field(key: &str, value: impl Into<Value>) -> Attribute {
    (key.to_owned().into(), value.into())
}

#[test]
fn a_line_reads_from_left_to_right() {
    let record = Record {
        time_unix_ns: 1_786_017_600_123_456_789,
        target: "shop::payment".into(),
        message: "card declined".to_owned(),
        fields: vec![field("attempt", 2_u64), field("why", "no funds")],
        spans: vec![
            Scope {
                name: "outer",
                fields: Arc::default(),
            },
            Scope {
                name: "inner",
                fields: Arc::new(vec![field("n", 1_u64), field("m", true)]),
            },
        ],
        operation: Some("charge"),
        attributes: vec![field("card", "visa")],
        request_id: Some("r-1".to_owned()),
        context: vec![("tenant".to_owned(), "acme".to_owned())],
        trace: Some(Place {
            trace_id: TraceId::new(0xaf).unwrap(),
            span_id: SpanId::new(0xb7).unwrap(),
        }),
        file: Some("src/payment.rs".into()),
        line: Some(17),
        thread: Thread {
            id: 3,
            name: Some("main".into()),
        },
        ..Record::empty(Level::WARN)
    };
    assert_eq!(
        line(&record, false),
        concat!(
            "2026-08-06T12:00:00.123456Z  WARN shop::payment: card declined",
            "  attempt=2 why=\"no funds\"  in outer:inner{n=1 m=true} of charge{card=visa}",
            " request_id=r-1 tenant=acme",
            " trace_id=000000000000000000000000000000af span_id=00000000000000b7",
            "  at src/payment.rs:17 service=shop pid=7 thread=main\n"
        )
    );
}

#[test]
fn a_place_that_is_not_known_is_left_out() {
    let record = Record {
        target: "a".into(),
        message: "m".to_owned(),
        thread: Thread { id: 3, name: None },
        ..Record::empty(Level::INFO)
    };
    let line = line(&record, false);
    let (_, after) = line.split_once(' ').unwrap();
    assert_eq!(after, " INFO a: m  service=shop pid=7 thread_id=3\n");
}

#[test]
fn colours_change_nothing_but_the_looks() {
    let record = Record {
        target: "a".into(),
        message: "m".to_owned(),
        fields: vec![field("k", "v")],
        operation: Some("op"),
        ..Record::empty(Level::ERROR)
    };
    let coloured = line(&record, true);
    assert!(
        coloured.contains("\u{1b}[31mERROR\u{1b}[0m"),
        "{coloured:?}"
    );
    let mut plain = coloured;
    for code in ["[0m", "[1m", "[2m", "[31m"] {
        plain = plain.replace(&format!("\u{1b}{code}"), "");
    }
    assert_eq!(plain, line(&record, false));
}

proptest! {
    #[test]
    fn no_value_reaches_the_terminal_as_a_command(text in any::<String>(), key in any::<String>()) {
        let record = Record {
            target: text.clone().into(),
            message: text.clone(),
            fields: vec![field(&key, text.clone())],
            attributes: vec![field(&key, text.clone())],
            operation: Some("op"),
            user_id: Some(text.clone()),
            context: vec![(key.clone(), text)],
            ..Record::empty(Level::INFO)
        };
        let line = line(&record, false);
        prop_assert_eq!(line.find('\n'), Some(line.len() - 1));
        prop_assert!(!line.trim_end_matches('\n').chars().any(escape::is_unsafe), "{:?}", line);
    }
}

#[test]
fn the_stack_trace_of_a_panic_follows_line_by_line() {
    let of = |target: &'static str| {
        let trace = "   5: shop::charge\n   6: ma\u{1b}in\n";
        let record = Record {
            target: target.into(),
            message: "out of bounds".to_owned(),
            fields: vec![field("exception.stacktrace", trace), field("column", 5_u64)],
            ..Record::empty(Level::ERROR)
        };
        line(&record, false)
    };
    let panic = of("panic");
    let (head, trace) = panic.split_once('\n').unwrap();
    assert!(head.contains("out of bounds  column=5 "), "{head}");
    assert_eq!(trace, "    5: shop::charge\n    6: ma\\u{1b}in\n");
    assert_eq!(of("shop").lines().count(), 1);
}
