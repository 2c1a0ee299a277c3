use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;
use crate::log::draft::tests::draft;
use crate::log::record::Place;
use crate::trace::{SpanId, Value};

fn record(message: &str, level: Level) -> Record {
    Record {
        message: message.to_owned(),
        target: "shop::orders".into(),
        ..Record::empty(level)
    }
}

fn push(recent: &Recent, record: &Record) {
    recent.push(draft(record).view());
}

fn messages(recent: &Recent, query: &Query) -> Vec<String> {
    let found = recent.find(query);
    found.iter().map(|record| record.message.clone()).collect()
}

#[test]
fn the_newest_come_first_and_the_oldest_give_way() {
    let recent = Recent::new(3, usize::MAX);
    for n in 0..5 {
        push(&recent, &record(&n.to_string(), Level::INFO));
    }
    assert_eq!(messages(&recent, &Query::new()), ["4", "3", "2"]);
    assert_eq!(messages(&recent, &Query::new().limit(1)), ["4"]);
    assert!(messages(&recent, &Query::new().limit(0)).is_empty());
}

#[test]
fn bytes_are_bounded_too() {
    let long = "x".repeat(1000);
    let size = portion::size(draft(&record(&long, Level::INFO)).view());
    assert!(size > 1000);
    let recent = Recent::new(1000, size * 2);
    for _ in 0..5 {
        push(&recent, &record(&long, Level::INFO));
    }
    assert_eq!(messages(&recent, &Query::new()).len(), 2);
    push(&recent, &record(&"y".repeat(3 * size), Level::INFO));
    let kept = messages(&recent, &Query::new());
    assert_eq!(
        kept,
        [long.clone(), long],
        "a record beyond the bound pushes nothing out"
    );
}

#[test]
fn a_query_picks_by_each_of_its_parts() {
    let recent = Recent::new(100, usize::MAX);
    let trace_id = TraceId::new(7).unwrap();
    let mut traced = record("Traced", Level::DEBUG);
    traced.trace = Some(Place {
        trace_id,
        span_id: SpanId::new(1).unwrap(),
    });
    traced.fields = vec![("card".into(), Value::from("VISA"))];
    push(&recent, &traced);
    push(&recent, &record("warned", Level::WARN));
    push(&recent, &record("failed", Level::ERROR));
    let query = Query::new;
    assert_eq!(
        messages(&recent, &query().level(Level::WARN)),
        ["failed", "warned"]
    );
    assert_eq!(messages(&recent, &query().trace_id(trace_id)), ["Traced"]);
    assert_eq!(messages(&recent, &query().text("visa")), ["Traced"]);
    assert_eq!(
        messages(&recent, &query().text("ED")),
        ["failed", "warned", "Traced"]
    );
    assert_eq!(messages(&recent, &query().target("shop")).len(), 3);
    assert!(messages(&recent, &query().target("other")).is_empty());
    assert!(messages(&recent, &query().text("visa").level(Level::WARN)).is_empty());
}

#[test]
fn a_query_picks_by_time() {
    let recent = Recent::new(100, usize::MAX);
    for second in 1..=4_u64 {
        let mut record = record(&second.to_string(), Level::INFO);
        record.time_unix_ns = second * 1_000_000_000;
        push(&recent, &record);
    }
    let at = |second| UNIX_EPOCH + std::time::Duration::from_secs(second);
    assert_eq!(messages(&recent, &Query::new().since(at(3))), ["4", "3"]);
    assert_eq!(messages(&recent, &Query::new().until(at(3))), ["2", "1"]);
    let between = Query::new().since(at(2)).until(at(4));
    assert_eq!(messages(&recent, &between), ["3", "2"]);
    let before_all = UNIX_EPOCH - std::time::Duration::from_secs(1);
    assert!(messages(&recent, &Query::new().until(before_all)).is_empty());
}

#[test]
fn nothing_is_kept_where_nothing_is_to_be() {
    for recent in [Recent::new(0, usize::MAX), Recent::new(10, 0)] {
        push(&recent, &record("lost", Level::ERROR));
        assert!(messages(&recent, &Query::new()).is_empty());
    }
}

#[test]
fn records_that_come_while_a_reader_looks_do_not_confuse_it() {
    let recent = Recent::new(200, usize::MAX);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 0..20_000 {
                push(&recent, &record(&n.to_string(), Level::INFO));
            }
        });
        while !writer.is_finished() {
            let found = messages(&recent, &Query::new().limit(usize::MAX));
            let numbers: Vec<u32> = found.iter().map(|text| text.parse().unwrap()).collect();
            assert!(
                numbers.is_sorted_by(|newer, older| newer > older),
                "{numbers:?}"
            );
        }
    });
    assert_eq!(
        messages(&recent, &Query::new().limit(usize::MAX)).len(),
        200
    );
}

proptest! {
    /// The rings against a list of records.
    #[test]
    fn the_last_ones_are_there_as_they_were(
        max_records in 1..100_usize,
        max_bytes in 300..40_000_usize,
        messages in proptest::collection::vec((".{0,40}", 0..4_i64), 0..300),
    ) {
        let recent = Recent::new(max_records, max_bytes);
        let mut expected = VecDeque::new();
        let mut bytes = 0;
        for (message, fields) in messages {
            let mut record = record(&message, Level::INFO);
            record.fields = (0..fields).map(|n| (format!("{message}{n}").into(), Value::I64(n))).collect();
            record.user_id = Some(message);
            let size = portion::size(draft(&record).view());
            push(&recent, &record);
            if size > max_bytes {
                continue;
            }
            expected.push_front((record, size));
            bytes += size;
            while expected.len() > max_records || bytes > max_bytes {
                bytes -= expected.pop_back().unwrap().1;
            }
        }
        let found = recent.find(&Query::new().limit(usize::MAX));
        prop_assert_eq!(found.len(), expected.len());
        for (found, (expected, _)) in found.iter().zip(&expected) {
            prop_assert_eq!(&**found, expected);
        }
    }
}
