//! Where spans belong: over calls, awaits, tasks, threads, and when guards end in odd orders.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{join3, select};
use obs_runtime::CallOutcome;
use obs_runtime::handoff::{Handoff, InheritExt};
use obs_runtime::testing::{self, Capture};
use obs_runtime::trace::{self, SpanData, SpanId, Status};

fn parent_of(capture: &Capture, name: &str) -> Option<String> {
    let parent: SpanId = capture.span(name).parent_id?;
    let spans = capture.spans();
    let parent: &SpanData = spans.iter().find(|span| span.span_id == parent)?;
    Some(parent.name.to_string())
}

/// Pending `polls` times, so that siblings are polled in turn.
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

async fn child(name: &'static str, polls: u32) {
    trace::span(name)
        .observe(async {
            Yield(polls).await;
            let _inner = trace::span(format!("{name}.inner")).enter();
        })
        .await;
}

#[test]
fn nested_spans_are_children() {
    let capture = testing::capture();
    {
        let _outer = trace::span("outer").enter();
        let _middle = trace::span("middle").enter();
        let _inner = trace::span("inner").enter();
    }
    assert_eq!(parent_of(&capture, "inner").as_deref(), Some("middle"));
    assert_eq!(parent_of(&capture, "middle").as_deref(), Some("outer"));
    assert_eq!(parent_of(&capture, "outer"), None);
    assert_eq!(trace::current(), None);
}

#[tokio::test]
async fn siblings_polled_in_one_task_do_not_mix() {
    let capture = testing::capture();
    trace::span("root")
        .observe(join3(child("a", 3), child("b", 1), child("c", 2)))
        .await;
    for name in ["a", "b", "c"] {
        assert_eq!(parent_of(&capture, name).as_deref(), Some("root"));
        assert_eq!(
            parent_of(&capture, &format!("{name}.inner")).as_deref(),
            Some(name)
        );
    }
}

#[tokio::test]
async fn a_future_that_loses_a_race_ends_inside_its_trace() {
    let capture = testing::capture();
    trace::span("root")
        .observe(async {
            let slow = Box::pin(child("slow", 1000));
            let quick = Box::pin(child("quick", 1));
            drop(select(slow, quick).await);
        })
        .await;
    assert_eq!(parent_of(&capture, "slow").as_deref(), Some("root"));
    let outcome = capture.span("slow").outcome.unwrap();
    assert_eq!(outcome.as_str(), "cancelled");
    assert_eq!(capture.spans().len(), 4);
}

#[cfg(feature = "tokio")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_and_threads_inherit_when_asked_to() {
    let capture = testing::capture();
    trace::span("root")
        .observe(async {
            let task = obs_runtime::handoff::spawn(child("task", 2));
            let blocking = obs_runtime::handoff::spawn_blocking(|| {
                drop(trace::span("blocking").enter());
            });
            let place = Handoff::capture();
            let thread = std::thread::spawn(move || {
                let _inside = place.enter();
                drop(trace::span("thread").enter());
            });
            task.await.unwrap();
            blocking.await.unwrap();
            thread.join().unwrap();
        })
        .await;
    let root = capture.span("root");
    for name in ["task", "blocking", "thread"] {
        assert_eq!(capture.span(name).parent_id, Some(root.span_id), "{name}");
    }
    assert_eq!(parent_of(&capture, "task.inner").as_deref(), Some("task"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_outlives_the_root_still_belongs_to_the_trace() {
    let capture = testing::capture();
    let mut task = None;
    trace::span("root")
        .observe(async {
            task = Some(tokio::spawn(
                async {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    child("late", 1).await;
                }
                .inherit(),
            ));
        })
        .await;
    task.unwrap().await.unwrap();
    let root = capture.span("root");
    assert_eq!(capture.span("late").parent_id, Some(root.span_id));
}

#[tokio::test]
async fn a_future_that_is_moved_out_of_its_trace_goes_on_in_a_part_of_its_own() {
    let capture = testing::capture();
    let mut moved = Box::pin(child("moved", 4));
    trace::span("root")
        .observe(async {
            // Begins here, and is then carried off.
            assert!(futures::poll!(moved.as_mut()).is_pending());
        })
        .await;
    let root = capture.span("root");
    trace::span("elsewhere").observe(moved).await;
    assert_eq!(capture.span("moved").parent_id, Some(root.span_id));
    assert_eq!(parent_of(&capture, "moved.inner").as_deref(), Some("moved"));
    assert_eq!(capture.span("elsewhere").parent_id, None);
}

#[test]
fn guards_that_end_out_of_order_leave_no_trace_open() {
    let capture = testing::capture();
    let root = trace::span("root").enter();
    let child = trace::span("child").enter();
    drop(root);
    assert_eq!(trace::current(), None);
    drop(child);
    assert_eq!(trace::current(), None);
    drop(trace::span("next").enter());
    assert_eq!(capture.span("next").parent_id, None);
    assert_eq!(capture.span("root").parent_id, None);
}

#[test]
fn a_panic_ends_the_span_and_restores_the_thread() {
    let capture = testing::capture();
    let caught = std::panic::catch_unwind(|| {
        let _span = trace::span("doomed").enter();
        panic!("as planned");
    });
    assert!(caught.is_err());
    assert_eq!(capture.span("doomed").outcome.unwrap().as_str(), "panic");
    assert!(capture.span("doomed").is_error());
    assert_eq!(trace::current(), None);
}

#[tokio::test]
async fn a_future_whose_panic_is_caught_ends_as_a_panic() {
    let capture = testing::capture();
    let future = trace::span("broken").observe(async { panic!("broken") });
    assert!(AssertUnwindSafe(future).catch_unwind().await.is_err());
    assert_eq!(capture.span("broken").outcome, Some(CallOutcome::Panic));
}

#[test]
fn a_future_that_is_dropped_while_something_else_unwinds_is_cancelled() {
    let capture = testing::capture();
    let unwound = std::panic::catch_unwind(|| {
        let mut future = Box::pin(trace::span("left").observe(std::future::pending::<()>()));
        assert!(future.as_mut().now_or_never().is_none());
        panic!("elsewhere");
    });
    assert!(unwound.is_err());
    assert_eq!(capture.span("left").outcome, Some(CallOutcome::Cancelled));
}

#[test]
fn a_remote_parent_is_continued_and_a_root_is_not() {
    let capture = testing::capture();
    let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let parent = trace::w3c::extract([header.as_bytes()], std::iter::empty()).unwrap();
    {
        let _server = trace::span("server").parent(parent.clone()).enter();
        assert_eq!(trace::current_trace_id(), Some(parent.trace_id));
        let _job = trace::span("job").root().enter();
        assert_ne!(trace::current_trace_id(), Some(parent.trace_id));
    }
    let server = capture.span("server");
    assert_eq!(server.parent_id, Some(parent.span_id));
    assert!(server.parent_is_remote);
    assert_eq!(capture.span("job").parent_id, None);
}

#[test]
fn attributes_events_links_and_errors_reach_the_span() {
    let capture = testing::capture();
    let other = {
        let _other = trace::span("other").enter();
        trace::current().unwrap()
    };
    {
        let span = trace::span("work").enter();
        span.attribute("level", 1);
        span.attribute("level", 9);
        trace::set_attribute("empty", None::<i64>);
        trace::set_attribute("name", "x".repeat(10_000));
        trace::add_event("half way", &[("done", &50), ("who", &"ada")]);
        trace::add_link(&other);
        trace::record_error(&std::io::Error::other("disk gone"));
    }
    let span = capture.span("work");
    assert_eq!(span.attribute("level").unwrap().to_string(), "9");
    assert_eq!(span.attribute("empty"), None);
    assert_eq!(span.attribute("name").unwrap().to_string().len(), 4096);
    assert_eq!(span.events[0].name, "half way");
    assert_eq!(span.events[0].attributes.len(), 2);
    assert_eq!(span.links[0].context.span_id, other.span_id);
    assert_eq!(span.status_message.as_deref(), Some("disk gone"));
    let error_type = span.attribute("error.type").unwrap().to_string();
    assert_eq!(error_type, std::any::type_name::<std::io::Error>());
    assert!(span.is_error());
    assert_eq!(span.outcome, Some(CallOutcome::Error));
}

#[test]
fn the_type_of_an_error_that_hides_it_is_left_out() {
    let capture = testing::capture();
    {
        let _span = trace::span("work").enter();
        let error: Box<dyn std::error::Error + Send> = Box::new(std::io::Error::other("disk gone"));
        trace::record_error(&*error);
    }
    let span = capture.span("work");
    assert_eq!(span.attribute("error.type"), None);
    assert_eq!(span.status_message.as_deref(), Some("disk gone"));
}

#[tokio::test]
async fn a_span_that_is_fine_after_all_has_no_description_of_an_error() {
    let capture = testing::capture();
    let retried = async {
        trace::set_error("the first attempt failed");
        trace::set_ok();
    };
    trace::span("retried").observe(retried).await;
    let span = capture.span("retried");
    assert_eq!((span.status, span.status_message), (Status::Ok, None));
    assert_eq!(span.outcome, Some(CallOutcome::Ok));
}

#[test]
fn more_spans_than_a_trace_holds_are_counted() {
    let capture = testing::capture();
    {
        let _root = trace::span("root").enter();
        for _ in 0..2000 {
            drop(trace::span("child").enter());
        }
    }
    assert_eq!(capture.spans().len(), 1 + 1024);
    assert_eq!(capture.dropped_spans(), 2000 - 1024);
    assert_eq!(capture.span("root").parent_id, None);
}

#[test]
fn a_hand_off_that_outlives_the_poll_it_was_entered_in_does_not_lead_back_there() {
    let _capture = testing::capture();
    let place = {
        let _root = trace::span("root").enter();
        Handoff::capture()
    };
    let (mut stashed, other) = (None, place.clone());
    futures::executor::block_on(place.run(async {
        stashed = Some(other.enter());
    }));
    assert_eq!(trace::current(), None);
    drop(stashed);
    assert_eq!(trace::current(), None);
}
