use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::trace::{Keep, SpanData, SpanId, Status};

fn id(number: u128) -> TraceId {
    TraceId::new(number).unwrap()
}

/// A batch of one root span that ends at `end`.
fn root(trace: u128, keep: Keep, end: u64) -> SpanBatch {
    let span = SpanData::new(
        SpanId::new(1).unwrap(),
        None,
        format!("op{trace}"),
        end - 10,
        10,
    );
    SpanBatch {
        trace_id: id(trace),
        keep,
        spans: vec![span],
        dropped_spans: 0,
    }
}

fn child(trace: u128, span: u64, status: Status) -> SpanBatch {
    let mut data = SpanData::new(SpanId::new(span).unwrap(), SpanId::new(1), "child", 5, 1);
    data.status = status;
    SpanBatch {
        trace_id: id(trace),
        keep: Keep::Sampled,
        spans: vec![data],
        dropped_spans: 0,
    }
}

/// What one trace of one span takes.
fn trace_bytes() -> usize {
    let store = Store::default();
    store.insert(root(1, Keep::Sampled, 100));
    store.stats().bytes
}

fn ids(store: &Store, query: &Query) -> Vec<u128> {
    store
        .search(query)
        .iter()
        .map(|trace| trace.trace_id.get())
        .collect()
}

fn all(store: &Store) -> Vec<u128> {
    ids(store, &Query::default())
}

#[test]
fn spans_that_come_later_join_their_trace() {
    let store = Store::default();
    store.insert(child(1, 2, Status::Unset));
    store.insert(root(1, Keep::Sampled, 100));
    let trace = store.get(id(1)).unwrap();
    assert_eq!((trace.name(), trace.spans.len()), ("op1", 2));
    assert_eq!((store.stats().traces, store.stats().spans), (1, 2));
}

#[test]
fn a_reader_keeps_the_trace_as_it_was() {
    let store = Store::default();
    store.insert(root(1, Keep::Sampled, 100));
    let before = store.get(id(1)).unwrap();
    store.insert(child(1, 2, Status::Unset));
    assert_eq!(before.spans.len(), 1);
    assert_eq!(store.get(id(1)).unwrap().spans.len(), 2);
}

#[test]
fn the_newest_come_first_whatever_their_reason() {
    let store = Store::default();
    for (trace, keep) in [
        (1, Keep::Sampled),
        (2, Keep::Error),
        (3, Keep::Sampled),
        (4, Keep::Slow),
    ] {
        store.insert(root(trace, keep, 100));
    }
    assert_eq!(all(&store), [4, 3, 2, 1]);
    assert_eq!(
        ids(
            &store,
            &Query {
                limit: 2,
                ..Query::default()
            }
        ),
        [4, 3]
    );
}

#[test]
fn a_search_meets_every_condition() {
    let store = Store::default();
    for trace in 1..=3 {
        store.insert(root(trace, Keep::Sampled, 100));
    }
    store.insert(child(2, 2, Status::Error));
    store.insert(child(3, 2, Status::Unset));

    let query = Query::default;
    assert_eq!(
        ids(
            &store,
            &Query {
                operation: Some("child".into()),
                ..query()
            }
        ),
        [3, 2]
    );
    assert_eq!(
        ids(
            &store,
            &Query {
                operation: Some("chil".into()),
                ..query()
            }
        ),
        []
    );
    assert_eq!(
        ids(
            &store,
            &Query {
                error: Some(true),
                ..query()
            }
        ),
        [2]
    );
    assert_eq!(
        ids(
            &store,
            &Query {
                error: Some(false),
                ..query()
            }
        ),
        [3, 1]
    );
    assert_eq!(
        ids(
            &store,
            &Query {
                trace_id: Some(id(1)),
                ..query()
            }
        ),
        [1]
    );
    assert_eq!(
        ids(
            &store,
            &Query {
                trace_id: Some(id(1)),
                error: Some(true),
                ..query()
            }
        ),
        []
    );
    assert_eq!(
        ids(
            &store,
            &Query {
                trace_id: Some(id(9)),
                ..query()
            }
        ),
        []
    );
    assert_eq!(
        ids(
            &store,
            &Query {
                min_duration: Some(Duration::from_nanos(10)),
                ..query()
            }
        ),
        [3, 2, 1]
    );
    assert_eq!(
        ids(
            &store,
            &Query {
                min_duration: Some(Duration::from_nanos(11)),
                ..query()
            }
        ),
        []
    );
}

#[test]
fn cleanup_goes_by_the_end_of_the_last_span() {
    let store = Store::default();
    store.insert(root(1, Keep::Sampled, 100));
    store.insert(root(2, Keep::Error, 200));
    store.insert(root(3, Keep::Sampled, 300));
    assert_eq!(store.remove_older_than(200), 1);
    assert_eq!(all(&store), [3, 2]);
    assert_eq!(store.remove_older_than(u64::MAX), 2);
    assert_eq!(
        (
            store.stats().bytes,
            store.stats().spans,
            store.stats().evicted_traces
        ),
        (0, 0, 0)
    );
}

#[test]
fn the_oldest_goes_first_and_is_counted() {
    let store = Store::new(8 * trace_bytes());
    for trace in 1..=10 {
        store.insert(root(trace, Keep::Sampled, 100));
    }
    assert_eq!(all(&store), [10, 9, 8, 7, 6, 5, 4, 3]);
    assert_eq!(store.stats().evicted_traces, 2);
}

#[test]
fn errors_outlive_ordinary_traces_but_take_only_half() {
    let store = Store::new(8 * trace_bytes());
    store.insert(root(1, Keep::Error, 100));
    for trace in 2..=20 {
        store.insert(root(trace, Keep::Sampled, 100));
    }
    assert_eq!(all(&store), [20, 19, 18, 17, 16, 15, 14, 1]);

    for trace in 21..=40 {
        store.insert(root(trace, Keep::Error, 100));
    }
    assert_eq!(all(&store), [40, 39, 38, 37, 20, 19, 18, 17]);
}

#[test]
fn a_trace_that_fails_later_is_protected_from_then_on() {
    let store = Store::new(8 * trace_bytes());
    store.insert(root(1, Keep::Sampled, 100));
    store.insert(child(1, 2, Status::Error));
    for trace in 2..=20 {
        store.insert(root(trace, Keep::Sampled, 100));
    }
    assert!(store.get(id(1)).is_some());
}

#[test]
fn an_endless_trace_uses_a_quarter_at_most_and_says_what_it_lost() {
    let store = Store::new(40 * trace_bytes());
    store.insert(root(1, Keep::Sampled, 100));
    for span in 2..=1_000 {
        store.insert(child(1, span, Status::Unset));
    }
    let (trace, stats) = (store.get(id(1)).unwrap(), store.stats());
    assert!(stats.bytes <= 10 * trace_bytes(), "{stats:?}");
    assert!(trace.spans.len() >= 10);
    assert_eq!(trace.spans.len() as u64 + trace.dropped_spans, 1_000);
    assert_eq!(stats.refused_spans, trace.dropped_spans);
}

#[test]
fn a_store_without_a_budget_keeps_nothing() {
    let store = Store::new(0);
    store.insert(root(1, Keep::Error, 100));
    assert_eq!(
        store.stats(),
        StoreStats {
            refused_spans: 1,
            ..StoreStats::default()
        }
    );
}

#[test]
fn text_counts_against_the_budget() {
    let store = Store::default();
    let mut batch = root(1, Keep::Sampled, 100);
    batch.spans[0]
        .attributes
        .push(("sql".into(), "x".repeat(10_000).into()));
    store.insert(batch);
    assert!(store.stats().bytes >= trace_bytes() + 10_000);
}

#[derive(Debug, Clone)]
enum Step {
    Insert {
        trace: u128,
        spans: usize,
        error: bool,
    },
    Cleanup {
        before: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => (1..12_u128, 0..4_usize, prop::bool::weighted(0.2))
            .prop_map(|(trace, spans, error)| Step::Insert { trace, spans, error }),
        1 => (0..100_u64).prop_map(|before| Step::Cleanup { before }),
    ]
}

proptest! {
    #[test]
    fn the_books_balance_and_the_budget_holds(
        budget in 0..12_usize,
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let store = Store::new(budget * trace_bytes());
        let mut inserted = HashMap::<u128, u64>::new();
        let mut clock = 10;
        for step in steps {
            clock += 1;
            match step {
                Step::Cleanup { before } => {
                    store.remove_older_than(before);
                    prop_assert!(store.search(&Query::default()).iter().all(|trace| trace.end_unix_ns >= before));
                }
                Step::Insert { trace, spans, error } => {
                    let mut batch = root(trace, Keep::Sampled, clock);
                    batch.spans = vec![batch.spans[0].clone(); spans];
                    if error {
                        batch.keep = Keep::Error;
                    }
                    let known = store.get(id(trace)).map_or(0, |trace| trace.spans.len() as u64 + trace.dropped_spans);
                    store.insert(batch);
                    if let Some(stored) = store.get(id(trace)) {
                        let seen = stored.spans.len() as u64 + stored.dropped_spans;
                        prop_assert_eq!(seen, known + spans as u64);
                    }
                    *inserted.entry(trace).or_default() += spans as u64;
                }
            }
            let (stats, traces) = (store.stats(), store.search(&Query::default()));
            prop_assert!(stats.bytes <= stats.budget_bytes);
            prop_assert_eq!(stats.traces, traces.len());
            prop_assert_eq!(stats.spans, traces.iter().map(|trace| trace.spans.len()).sum::<usize>());
            for trace in traces {
                prop_assert!(trace.spans.len() as u64 <= inserted[&trace.trace_id.get()]);
            }
        }
        store.remove_older_than(u64::MAX);
        prop_assert_eq!(store.stats().bytes, 0);
    }
}
