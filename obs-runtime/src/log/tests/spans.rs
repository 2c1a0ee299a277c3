//! The `tracing` spans of other libraries as spans of ours.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures::future::join;
use tracing::{Dispatch, Instrument, Span, info, info_span, instrument::WithSubscriber};

use super::super::*;
use super::support::*;
use crate::__private::{Callsite, OperationDef, SeriesKey, Verdict};
use crate::handoff::Handoff;
use crate::op::{begin, begin_task};
use crate::outcome::CallOutcome;
use crate::testing::{self, Capture};
use crate::trace::{self, SpanData, Status};

static CALL_DEF: OperationDef = operation("call", &[]);
static CALL: Callsite = Callsite::new(&CALL_DEF);
static INNER_DEF: OperationDef = operation("inner", &[]);
static INNER: Callsite = Callsite::new(&INNER_DEF);

fn inner() {
    let _op = begin(&INNER, SeriesKey::Index(0), None);
}

async fn inner_async() {
    let mut task = begin_task(&INNER, SeriesKey::Index(0));
    task.observe(pin!(Yield(3))).await;
    task.finish(Verdict::OK);
}

struct Yield(u32);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Runs `body` inside an annotated call and a log, and returns the spans that were recorded.
fn in_call(body: impl FnOnce()) -> Capture {
    let capture = testing::capture();
    let log = test_log(|config| config);
    log.run(|| {
        let _call = begin(&CALL, SeriesKey::Index(0), None);
        body();
    });
    capture
}

fn parent_of(capture: &Capture, span: &SpanData) -> Option<String> {
    let spans = capture.spans();
    let parent = spans
        .iter()
        .find(|one| Some(one.span_id) == span.parent_id)?;
    Some(parent.name.to_string())
}

#[track_caller]
fn assert_child(capture: &Capture, name: &str, parent: &str) {
    let span = capture.span(name);
    assert_eq!(
        parent_of(capture, &span).as_deref(),
        Some(parent),
        "the parent of {name}"
    );
    let root = capture.span("call");
    assert_eq!(span.name, name);
    assert!(root.parent_id.is_none());
}

#[test]
fn inside_a_call_they_are_its_children_and_have_its_calls_as_children() {
    let capture = in_call(|| {
        let _outer = info_span!("outer").entered();
        inner();
        let _nested = info_span!("nested").entered();
    });
    assert_child(&capture, "outer", "call");
    assert_child(&capture, "nested", "outer");
    assert_child(&capture, "inner", "outer");
    assert_eq!(capture.spans().len(), 4);
    assert_eq!(trace::current(), None);
}

#[test]
fn fields_become_attributes_and_otel_fields_keep_their_meaning() {
    let capture = in_call(|| {
        let span = info_span!(
            "request",
            route = "/orders",
            size = 7,
            late = tracing::field::Empty,
            otel.kind = "client",
            otel.status_code = tracing::field::Empty,
            otel.name = "GET /orders",
        );
        span.record("late", "yes");
        span.record("otel.status_code", "ERROR");
    });
    let span = capture.span("GET /orders");
    let value = |key: &str| {
        let found = span.attributes.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.to_string())
    };
    assert_eq!(value("route").as_deref(), Some("/orders"));
    assert_eq!(value("size").as_deref(), Some("7"));
    assert_eq!(value("late").as_deref(), Some("yes"));
    assert_eq!(span.kind, crate::__private::SpanKind::Client);
    assert_eq!(span.status, Status::Error);
}

#[test]
fn outside_of_a_call_they_are_nothing_unless_they_are_to_be_roots() {
    let capture = testing::capture();
    test_log(|config| config).run(|| {
        let _span = info_span!("lonely").entered();
        inner();
    });
    assert_eq!(capture.spans().len(), 1);
    assert!(capture.span("inner").parent_id.is_none());

    let capture = testing::capture();
    let log = test_log(|config| config.with_foreign_spans(ForeignSpans::Roots));
    log.run(|| {
        let root = info_span!("root");
        root.in_scope(|| {
            inner();
            info!("said");
        });
        root.in_scope(|| drop(info_span!("child")));
    });
    let root = capture.span("root");
    assert!(root.parent_id.is_none());
    for name in ["inner", "child"] {
        assert_eq!(capture.span(name).parent_id, Some(root.span_id));
    }
    assert_eq!(log.line("said")["span_id"], root.span_id.to_string());
    assert_eq!(trace::current(), None);
}

#[test]
fn they_can_be_left_alone() {
    let capture = testing::capture();
    let log = test_log(|config| config.with_foreign_spans(ForeignSpans::Ignore));
    log.run(|| {
        let _call = begin(&CALL, SeriesKey::Index(0), None);
        let _span = info_span!("other", n = 1).entered();
        info!("said");
    });
    assert_eq!(capture.spans().len(), 1);
    assert_eq!(log.line("said")["spans"][0]["fields"]["n"], 1);
}

#[test]
fn a_parent_that_is_named_counts() {
    let capture = in_call(|| {
        let named = info_span!("named");
        let _current = info_span!("current").entered();
        drop(info_span!(parent: &named, "of_named"));
        drop(info_span!(parent: None, "root"));
    });
    assert_child(&capture, "of_named", "named");
    assert_child(&capture, "current", "call");
    assert!(!capture.spans().iter().any(|span| span.name == "root"));
}

#[test]
fn a_span_that_follows_another_links_to_it() {
    let capture = in_call(|| {
        let first = info_span!("first");
        let second = info_span!("second");
        second.follows_from(&first);
    });
    let links = capture.span("second").links;
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].context.span_id, capture.span("first").span_id);
}

#[test]
fn siblings_of_one_task_do_not_mix() {
    let capture = in_call(|| {
        let work = |span: Span| async { inner_async().await }.instrument(span);
        futures::executor::block_on(join(work(info_span!("left")), work(info_span!("right"))));
    });
    let parents: Vec<_> = capture
        .spans()
        .iter()
        .filter(|span| span.name == "inner")
        .map(|span| parent_of(&capture, span).unwrap())
        .collect();
    assert_eq!(parents.len(), 2);
    assert!(parents.contains(&"left".to_owned()) && parents.contains(&"right".to_owned()));
    assert_child(&capture, "left", "call");
    assert_child(&capture, "right", "call");
    assert_eq!(trace::current(), None);
}

#[test]
fn a_span_entered_and_closed_on_another_thread_stays_in_the_trace() {
    let capture = in_call(|| {
        let span = info_span!("moved", n = 1);
        let subscriber = tracing::dispatcher::get_default(Dispatch::clone);
        let thread = std::thread::spawn(move || {
            tracing::dispatcher::with_default(&subscriber, || {
                for _ in 0..3 {
                    span.in_scope(inner);
                }
                drop(span);
                assert_eq!(trace::current(), None);
            });
        });
        thread.join().unwrap();
    });
    assert_child(&capture, "moved", "call");
    let moved = capture.span("moved");
    assert_eq!(moved.attributes[0].0, "n");
    let inner: Vec<_> = capture
        .spans()
        .into_iter()
        .filter(|span| span.name == "inner")
        .collect();
    assert_eq!(inner.len(), 3);
    assert!(
        inner
            .iter()
            .all(|span| span.parent_id == Some(moved.span_id))
    );
}

#[test]
fn a_span_closed_on_another_thread_without_being_entered_is_recorded() {
    let capture = in_call(|| {
        let span = info_span!("dropped");
        std::thread::spawn(move || drop(span)).join().unwrap();
    });
    assert_child(&capture, "dropped", "call");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instrumented_task_goes_on_in_the_trace() {
    let capture = testing::capture();
    let log = test_log(|config| config);
    let tasks: Vec<_> = log.run(|| {
        let _call = begin(&CALL, SeriesKey::Index(0), None);
        let task = |n: u64| {
            let work = async move {
                info!(n, "working");
                inner_async().await;
                tokio::task::yield_now().await;
                inner();
                info!(n, "worked");
            };
            tokio::spawn(
                work.instrument(info_span!("task", n))
                    .with_subscriber(log.subscriber.clone()),
            )
        };
        (0..8).map(task).collect()
    });
    for task in tasks {
        task.await.unwrap();
    }
    let spans = capture.spans();
    let call = capture.span("call");
    let tasks: Vec<_> = spans.iter().filter(|span| span.name == "task").collect();
    assert_eq!(tasks.len(), 8);
    for task in tasks {
        assert_eq!(task.parent_id, Some(call.span_id));
        let inside = spans
            .iter()
            .filter(|span| span.parent_id == Some(task.span_id));
        assert_eq!(inside.count(), 2);
        let lines = log.lines();
        let said = lines
            .iter()
            .filter(|line| line["span_id"] == task.span_id.to_string());
        let numbers: Vec<_> = said.map(|line| line["fields"]["n"].to_string()).collect();
        let own = task.attributes[0].1.to_string();
        assert_eq!(numbers, [own.clone(), own]);
    }
}

#[test]
fn a_span_that_several_threads_are_in_at_once_keeps_all_that_happens() {
    let capture = in_call(|| {
        let span = info_span!("shared");
        let subscriber = tracing::dispatcher::get_default(Dispatch::clone);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    tracing::dispatcher::with_default(&subscriber, || {
                        for _ in 0..50 {
                            span.in_scope(inner);
                        }
                    });
                });
            }
        });
    });
    let shared = capture.span("shared").span_id;
    let spans = capture.spans();
    let inner = spans.iter().filter(|span| span.parent_id == Some(shared));
    assert_eq!(inner.count(), 200);
}

#[test]
fn guards_that_are_dropped_in_the_wrong_order_leave_the_thread_where_it_was() {
    let capture = in_call(|| {
        let (a, b) = (info_span!("a"), info_span!("b"));
        let (a, b) = (a.entered(), b.entered());
        drop(a);
        drop(b);
    });
    assert_child(&capture, "a", "call");
    assert_eq!(trace::current(), None);
}

#[test]
fn what_outlives_a_stay_does_not_lead_back_into_its_segment() {
    // The guard remembers the place that it was made in. By the time it goes back there, the span
    // may have gone on elsewhere, and two threads must not write to one segment.
    let capture = in_call(|| {
        let span = info_span!("moved");
        let subscriber = tracing::dispatcher::get_default(Dispatch::clone);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                tracing::dispatcher::with_default(&subscriber, || {
                    let stay = span.enter();
                    let outlives = Handoff::capture().enter();
                    drop(stay);
                    drop(outlives);
                    assert_eq!(trace::current(), None);
                    span.in_scope(inner);
                    assert_eq!(trace::current(), None);
                });
            });
        });
    });
    assert_child(&capture, "moved", "call");
    assert_child(&capture, "inner", "moved");
}

#[test]
fn an_unwinding_span_ends_as_a_panic() {
    let capture = in_call(|| {
        let caught = std::panic::catch_unwind(|| {
            let _span = info_span!("unwinds").entered();
            std::panic::resume_unwind(Box::new("quiet"));
        });
        assert!(caught.is_err());
    });
    assert_eq!(capture.span("unwinds").outcome, Some(CallOutcome::Panic));
}
