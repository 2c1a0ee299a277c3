use super::*;
use crate::log::record::Place;
use crate::trace::{SpanId, Value};

fn record(message: &str, level: Level) -> Arc<Record> {
    Arc::new(Record {
        message: message.to_owned(),
        target: "shop::orders".into(),
        ..Record::empty(level)
    })
}

fn messages(recent: &Recent, query: &Query) -> Vec<String> {
    let found = recent.find(query);
    found.iter().map(|record| record.message.clone()).collect()
}

#[test]
fn the_newest_come_first_and_the_oldest_give_way() {
    let recent = Recent::new(3, usize::MAX);
    for n in 0..5 {
        recent.push(record(&n.to_string(), Level::INFO));
    }
    assert_eq!(messages(&recent, &Query::new()), ["4", "3", "2"]);
    assert_eq!(messages(&recent, &Query::new().limit(1)), ["4"]);
    assert!(messages(&recent, &Query::new().limit(0)).is_empty());
}

#[test]
fn bytes_are_bounded_too() {
    let long = "x".repeat(1000);
    let size = record(&long, Level::INFO).size();
    assert!(size > 1000);
    let recent = Recent::new(1000, size * 2);
    for _ in 0..5 {
        recent.push(record(&long, Level::INFO));
    }
    assert_eq!(messages(&recent, &Query::new()).len(), 2);
    recent.push(record(&"y".repeat(3 * size), Level::INFO));
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
    let mut traced = Record::clone(&record("Traced", Level::DEBUG));
    traced.trace = Some(Place {
        trace_id,
        span_id: SpanId::new(1).unwrap(),
    });
    traced.fields = vec![("card".into(), Value::from("VISA"))];
    recent.push(Arc::new(traced));
    recent.push(record("warned", Level::WARN));
    recent.push(record("failed", Level::ERROR));
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
