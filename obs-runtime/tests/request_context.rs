//! Which spans and which code a request context reaches.

use obs_runtime::context::{self, RequestContext};
#[cfg(feature = "tokio")]
use obs_runtime::handoff;
use obs_runtime::testing::{self, Capture};
use obs_runtime::trace;
use tokio::task::yield_now;

fn request(id: &str) -> RequestContext {
    RequestContext::new().with_request_id(id)
}

fn on_span(capture: &Capture, span: &str, key: &str) -> Option<String> {
    let span = capture.span(span);
    span.attribute(key).map(ToString::to_string)
}

async fn work(span: &'static str) {
    let inner = async {
        yield_now().await;
        drop(trace::span(format!("{span}.inner")).enter());
        yield_now().await;
    };
    trace::span(span).observe(inner).await;
}

#[tokio::test]
async fn it_reaches_every_span_of_the_request() {
    let capture = testing::capture();
    let handler = trace::span("request").observe(async {
        work("step").await;
        context::set_user_id("ada");
    });
    request("r-1").scope(handler).await;
    for name in ["request", "step", "step.inner"] {
        assert_eq!(
            on_span(&capture, name, "request.id").as_deref(),
            Some("r-1")
        );
        assert_eq!(on_span(&capture, name, "user.id").as_deref(), Some("ada"));
    }
    assert_eq!(context::request_id(), None);
}

#[tokio::test]
async fn requests_side_by_side_in_one_trace_do_not_mix() {
    let capture = testing::capture();
    let both = async {
        tokio::join!(request("1").scope(work("a")), request("2").scope(work("b")));
        work("after").await;
    };
    trace::span("batch").observe(both).await;
    for (span, id) in [
        ("a", Some("1")),
        ("a.inner", Some("1")),
        ("b", Some("2")),
        ("b.inner", Some("2")),
        ("after", None),
        ("batch", None),
    ] {
        assert_eq!(
            on_span(&capture, span, "request.id").as_deref(),
            id,
            "{span}"
        );
    }
}

#[test]
fn requests_one_after_another_in_one_trace_do_not_mix() {
    let capture = testing::capture();
    {
        let _batch = request("batch").enter();
        let _root = trace::span("root").enter();
        for (id, span) in [("1", "first"), ("2", "second")] {
            let _inside = request(id).enter();
            let _span = trace::span(span).enter();
            let _inner = request("inner").enter();
            drop(trace::span(format!("{span}.inner")).enter());
        }
    }
    for (span, id) in [
        ("first", "1"),
        ("first.inner", "inner"),
        ("second", "2"),
        ("second.inner", "inner"),
        ("root", "batch"),
    ] {
        assert_eq!(
            on_span(&capture, span, "request.id").as_deref(),
            Some(id),
            "{span}"
        );
    }
}

#[test]
fn the_only_request_of_a_trace_is_that_of_its_root_too() {
    let capture = testing::capture();
    {
        let _root = trace::span("root").enter();
        let _inside = request("1").enter();
        drop(trace::span("step").enter());
    }
    for span in ["root", "step"] {
        assert_eq!(on_span(&capture, span, "request.id").as_deref(), Some("1"));
    }
}

#[test]
fn an_inner_one_starts_with_the_keys_of_the_outer_one() {
    let _outer = request("r-1").with("tenant", "acme").enter();
    {
        let _inner = RequestContext::new()
            .with("tenant", "other")
            .with_user_id("ada")
            .enter();
        assert_eq!(context::request_id().as_deref(), Some("r-1"));
        assert_eq!(context::get("tenant").as_deref(), Some("other"));
    }
    assert_eq!(context::get("tenant").as_deref(), Some("acme"));
    assert_eq!(context::user_id(), None);
}

#[tokio::test]
async fn it_is_there_while_a_future_is_dropped() {
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            assert_eq!(context::request_id().as_deref(), Some("r-1"));
        }
    }
    let endless = request("r-1").scope(async {
        let _last = Last;
        std::future::pending::<()>().await;
    });
    let mut endless = Box::pin(endless);
    assert!(futures::poll!(&mut endless).is_pending());
    drop(endless);
    request("r-1").scope(async move { drop(Last) }).await;
}

#[cfg(feature = "tokio")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_along_to_tasks_and_threads() {
    let capture = testing::capture();
    let handler = trace::span("request").observe(async {
        handoff::spawn(work("task")).await.unwrap();
        handoff::spawn_blocking(|| drop(trace::span("blocking").enter()))
            .await
            .unwrap();
        tokio::spawn(async { assert_eq!(context::request_id(), None) })
            .await
            .unwrap();
    });
    request("r-1").scope(handler).await;
    for span in ["request", "task", "task.inner", "blocking"] {
        assert_eq!(
            on_span(&capture, span, "request.id").as_deref(),
            Some("r-1"),
            "{span}"
        );
    }
}
