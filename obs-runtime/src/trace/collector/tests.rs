use std::time::Duration;

use obs_schema::def::{CallOutcome, SpanKind};
use proptest::prelude::*;

use super::*;
use crate::hot::body::{Item, Raw, Record, Text};
use crate::trace::{Keep, Query, TraceId, Value};

const NAMES: [&str; 3] = ["order", "pay", "ship"];

/// A finished span: name, ticks from start to end, outcome, and what is said of it.
pub(crate) type Written = (usize, u64, CallOutcome, Vec<Said>);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Said {
    Failed,
    Described,
    Fine,
    Attribute(i64),
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        Just(Said::Failed),
        Just(Said::Described),
        Just(Said::Fine),
        any::<i64>().prop_map(Said::Attribute),
    ]
}

fn written() -> impl Strategy<Value = Written> {
    let outcome = proptest::sample::select(CallOutcome::ALL.as_slice());
    let said = proptest::collection::vec(said(), 0..3);
    (0..NAMES.len(), 0..1_000_000_u64, outcome, said)
}

/// The spans of a trace, at least one.
#[cfg(feature = "otlp")]
pub(crate) fn traces() -> impl Strategy<Value = Vec<Written>> {
    proptest::collection::vec(written(), 1..6)
}

/// A segment with these spans, the root last.
pub(crate) fn segment(trace_id: u128, spans: &[Written]) -> Body {
    let mut body = Body {
        trace_id,
        ..Body::default()
    };
    for (index, (name, ticks, outcome, all)) in spans.iter().enumerate() {
        let id = index as u64 + 1;
        let name = body.keep(NAMES[*name]).unwrap();
        let start = 1_000_000 - id;
        let is_root = index + 1 == spans.len();
        body.push(&Record {
            start,
            end: start + ticks,
            id,
            parent: if is_root { 0 } else { spans.len() as u64 },
            what: What::Named(name, SpanKind::Internal),
            labels: 0,
            outcome: *outcome,
        });
        for said in all {
            let message = Text::Static("");
            body.add(match *said {
                Said::Failed => Item::Status {
                    span: id,
                    error: true,
                    message,
                },
                Said::Described => Item::Status {
                    span: id,
                    error: false,
                    message,
                },
                Said::Fine => Item::Fine { span: id },
                Said::Attribute(value) => Item::Attribute {
                    span: id,
                    key: Text::Static("value"),
                    value: Raw::Int(value),
                },
            });
        }
    }
    body
}

fn queries() -> Vec<Query> {
    let none = Query::default;
    vec![
        none(),
        Query {
            error: Some(true),
            ..none()
        },
        Query {
            error: Some(false),
            ..none()
        },
        Query {
            operation: Some("pay".into()),
            ..none()
        },
        Query {
            min_duration: Some(Duration::from_micros(200)),
            ..none()
        },
        Query {
            trace_id: TraceId::new(2),
            ..none()
        },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What the store says of a trace without unpacking it is what the trace says.
    #[test]
    fn a_packed_trace_is_found_as_if_it_were_not(
        segments in proptest::collection::vec((1..4_u128, proptest::collection::vec(written(), 0..6)), 0..8),
    ) {
        let (packed, plain) = (Store::default(), Store::default());
        for (trace_id, spans) in &segments {
            let body = segment(*trace_id, spans);
            packed.insert_packed(Packed::of(&body).unwrap());
            plain.insert(batch(&body).unwrap());
        }
        for query in queries() {
            let found = packed.search(&query);
            prop_assert_eq!(&found, &plain.search(&query));
            prop_assert!(found.iter().all(|trace| query.matches(trace)));
        }
        let all = packed.search(&Query::default());
        prop_assert_eq!(packed.stats().spans, all.iter().map(|trace| trace.spans.len()).sum::<usize>());
    }
}

#[test]
fn a_segment_that_is_too_large_for_the_store_is_cut_and_counted() {
    let spans: Vec<Written> = (0..1_000)
        .map(|_| (0, 10, CallOutcome::Ok, vec![Said::Attribute(1)]))
        .collect();
    let store = Store::new(200_000);
    store.insert_packed(Packed::of(&segment(1, &spans)).unwrap());
    store.insert_packed(Packed::of(&segment(1, &spans)).unwrap());
    let trace = store.get(TraceId::new(1).unwrap()).unwrap();
    let stats = store.stats();
    assert!(
        !trace.spans.is_empty() && stats.bytes <= 50_000,
        "{stats:?}"
    );
    assert_eq!(trace.spans.len() as u64 + trace.dropped_spans, 2_000);
    assert_eq!(stats.refused_spans, trace.dropped_spans);
}

#[test]
fn what_was_written_becomes_spans() {
    let mut body = segment(
        7,
        &[
            (
                1,
                5,
                CallOutcome::Ok,
                vec![Said::Attribute(3), Said::Failed],
            ),
            (0, 9, CallOutcome::Cancelled, vec![]),
        ],
    );
    body.keep = Some(Keep::Slow);
    body.dropped_spans = 4;
    let batch = batch(&body).unwrap();
    assert_eq!((batch.keep, batch.dropped_spans), (Keep::Slow, 4));
    let [child, root] = &*batch.spans else {
        panic!("{batch:?}")
    };
    assert_eq!((&*child.name, &*root.name), ("pay", "order"));
    assert_eq!(child.parent_id, Some(root.span_id));
    assert_eq!(child.attribute("value"), Some(&Value::I64(3)));
    assert!(child.is_error() && !root.is_error());
    assert_eq!(
        child.outcome,
        Some(CallOutcome::Error),
        "by hand, and marked"
    );
    assert_eq!(root.attribute("sampling.kept"), Some(&Value::from("slow")));
}
