use super::*;
use crate::trace::{SpanId, Status};

fn span(id: u64, parent: Option<u64>, start: u64, duration: u64) -> SpanData {
    let parent = parent.and_then(SpanId::new);
    SpanData::new(
        SpanId::new(id).unwrap(),
        parent,
        format!("op{id}"),
        start,
        duration,
    )
}

fn batch(keep: Keep, spans: Vec<SpanData>) -> SpanBatch {
    SpanBatch {
        trace_id: TraceId::new(1).unwrap(),
        keep,
        spans,
        dropped_spans: 1,
    }
}

#[test]
fn a_batch_without_spans_is_no_trace() {
    assert_eq!(Trace::new(batch(Keep::Sampled, vec![])), None);
}

#[test]
fn a_trace_covers_its_spans() {
    let mut failed = span(2, Some(1), 20, 90);
    failed.status = Status::Error;
    let trace = Trace::new(batch(Keep::Slow, vec![failed, span(1, None, 10, 50)])).unwrap();
    assert_eq!((trace.start_unix_ns, trace.end_unix_ns), (10, 110));
    assert_eq!((trace.name(), trace.duration_ns()), ("op1", 50));
    assert_eq!((trace.errors, trace.dropped_spans), (1, 1));
}

#[test]
fn spans_that_come_later_can_bring_the_root_and_a_stronger_reason() {
    let mut trace = Trace::new(batch(Keep::Sampled, vec![span(3, Some(2), 30, 5)])).unwrap();
    assert_eq!(trace.name(), "op3");
    trace.add(batch(Keep::Error, vec![span(2, Some(1), 20, 30)]));
    assert_eq!(trace.name(), "op2");
    trace.add(batch(
        Keep::Sampled,
        vec![span(1, None, 20, 30), span(4, Some(1), 5, 1)],
    ));
    assert_eq!(trace.name(), "op1");
    assert_eq!(
        (trace.spans.len(), trace.keep, trace.dropped_spans),
        (4, Keep::Error, 3)
    );
}

#[test]
fn of_two_spans_that_start_together_the_longer_is_the_root() {
    let spans = vec![
        span(2, Some(9), 10, 5),
        span(1, Some(8), 10, 50),
        span(3, Some(1), 10, 5),
    ];
    assert_eq!(
        Trace::new(batch(Keep::Sampled, spans)).unwrap().name(),
        "op1"
    );
}

#[test]
fn a_clock_at_its_end_does_not_overflow() {
    assert_eq!(span(1, None, u64::MAX - 1, 5).end_unix_ns(), u64::MAX);
}
