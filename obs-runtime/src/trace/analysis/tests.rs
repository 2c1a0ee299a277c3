mod properties;

use super::*;
use crate::trace::{Keep, SpanBatch, SpanData, SpanId, Status, Trace, TraceId};

/// A span by its id, its parent's id (0 for none), its start and its end; named after its id.
fn span((id, parent, start, end): (u64, u64, u64, u64)) -> SpanData {
    let id_of = |id| SpanId::new(id);
    SpanData::new(
        id_of(id).unwrap(),
        id_of(parent),
        format!("s{id}"),
        start,
        end - start,
    )
}

fn trace_of(spans: Vec<SpanData>) -> Trace {
    let trace_id = TraceId::new(1).unwrap();
    Trace::new(SpanBatch {
        trace_id,
        keep: Keep::Sampled,
        spans,
        dropped_spans: 0,
    })
    .unwrap()
}

fn trace(spans: &[(u64, u64, u64, u64)]) -> Trace {
    trace_of(spans.iter().copied().map(span).collect())
}

/// Each row as name, offset, duration, depth.
fn rows(trace: &Trace) -> Vec<(&str, u64, u64, usize)> {
    waterfall(trace)
        .iter()
        .map(|row| {
            (
                &*row.span.name,
                row.offset_ns,
                row.span.duration_ns,
                row.depth,
            )
        })
        .collect()
}

/// Each segment as name, offset, duration.
fn path(trace: &Trace) -> Vec<(&str, u64, u64)> {
    critical_path(trace)
        .segments
        .iter()
        .map(|part| (&*part.span.name, part.offset_ns, part.duration_ns))
        .collect()
}

#[test]
fn rows_are_a_tree_in_the_order_of_starts() {
    let trace = trace(&[
        (4, 2, 130, 140),
        (3, 1, 150, 190),
        (2, 1, 110, 145),
        (5, 2, 120, 125),
        (1, 0, 100, 200),
    ]);
    assert_eq!(
        rows(&trace),
        [
            ("s1", 0, 100, 0),
            ("s2", 10, 35, 1),
            ("s5", 20, 5, 2),
            ("s4", 30, 10, 2),
            ("s3", 50, 40, 1),
        ]
    );
}

#[test]
fn spans_without_their_parent_are_roots_and_say_so() {
    let trace = trace(&[(1, 0, 100, 200), (3, 9, 90, 95), (4, 3, 91, 92)]);
    assert_eq!(
        rows(&trace),
        [("s3", 0, 5, 0), ("s4", 1, 1, 1), ("s1", 10, 100, 0)]
    );
    let orphans: Vec<bool> = waterfall(&trace).iter().map(|row| row.orphan).collect();
    assert_eq!(orphans, [true, false, false]);
}

#[test]
fn a_cycle_is_cut_at_its_first_span() {
    let trace = trace(&[
        (1, 0, 0, 9),
        (2, 3, 2, 5),
        (3, 4, 3, 5),
        (4, 2, 1, 5),
        (5, 5, 6, 7),
    ]);
    assert_eq!(
        rows(&trace),
        [
            ("s1", 0, 9, 0),
            ("s5", 6, 1, 0),
            ("s4", 1, 4, 0),
            ("s3", 3, 2, 1),
            ("s2", 2, 3, 2),
        ]
    );
}

#[test]
fn an_id_that_occurs_twice_keeps_both_spans() {
    let trace = trace(&[(1, 0, 0, 9), (2, 1, 1, 3), (2, 1, 4, 6), (3, 2, 5, 6)]);
    assert_eq!(
        rows(&trace),
        [
            ("s1", 0, 9, 0),
            ("s2", 1, 2, 1),
            ("s3", 5, 1, 2),
            ("s2", 4, 2, 1)
        ]
    );
}

#[test]
fn the_path_of_a_single_span_is_the_span() {
    assert_eq!(path(&trace(&[(1, 0, 100, 200)])), [("s1", 0, 100)]);
}

#[test]
fn the_path_follows_the_child_that_finished_last() {
    // 2 and 3 run side by side, then 4; within 4 there is 5.
    let trace = trace(&[
        (1, 0, 0, 100),
        (2, 1, 10, 40),
        (3, 1, 5, 50),
        (4, 1, 60, 90),
        (5, 4, 70, 90),
        (6, 1, 92, 92),
    ]);
    assert_eq!(
        path(&trace),
        [
            ("s1", 0, 5),
            ("s3", 5, 45),
            ("s1", 50, 10),
            ("s4", 60, 10),
            ("s5", 70, 20),
            ("s1", 90, 10),
        ]
    );
}

#[test]
fn a_child_counts_up_to_the_end_of_its_parent() {
    let trace = trace(&[
        (1, 0, 0, 100),
        (2, 1, 80, 300),
        (3, 2, 90, 250),
        (4, 1, 100, 400),
    ]);
    assert_eq!(
        path(&trace),
        [("s1", 0, 80), ("s2", 80, 10), ("s3", 90, 10)]
    );
}

#[test]
fn the_path_starts_at_the_root_and_not_at_an_earlier_orphan() {
    let trace = trace(&[(2, 9, 10, 20), (1, 0, 50, 100)]);
    assert_eq!(path(&trace), [("s1", 40, 50)]);
}

#[test]
fn a_deep_trace_needs_no_deep_stack() {
    let spans: Vec<_> = (1..100_000).map(|n| (n, n - 1, n, 300_000 - n)).collect();
    let trace = trace(&spans);
    assert_eq!(rows(&trace).last().unwrap().3, 99_998);
    assert_eq!(critical_path(&trace).duration_ns, trace.duration_ns());
    assert_eq!(summary(&trace).levels, 99_999);
}

#[test]
fn the_summary_counts_and_adds_up() {
    let mut failed = span((3, 1, 30, 60));
    failed.status = Status::Error;
    failed.name = "s2".into();
    let trace = trace_of(vec![
        span((1, 0, 0, 100)),
        span((2, 1, 10, 40)),
        failed,
        span((4, 2, 10, 20)),
    ]);
    let summary = summary(&trace);
    assert_eq!((summary.spans, summary.errors, summary.levels), (4, 1, 3));
    assert_eq!((summary.duration_ns, summary.service_ns), (100, 110));
    let operations: Vec<_> = summary
        .operations
        .iter()
        .map(|o| (o.name, o.calls, o.errors, o.total_ns, o.own_ns))
        .collect();
    assert_eq!(
        operations,
        [
            ("s1", 1, 0, 100, 50),
            ("s2", 2, 1, 60, 50),
            ("s4", 1, 0, 10, 10)
        ]
    );
}
