//! Where a thread is in a trace while an annotated future runs on it, and after that.

use std::pin::pin;

use obs_runtime::trace::{self, SpanId};
use obs_runtime::{testing, trace_request};

fn here() -> Option<SpanId> {
    trace::current_span_id()
}

async fn wait() {
    tokio::task::yield_now().await;
}

#[trace_request("place_waiting")]
async fn waiting() -> Vec<Option<SpanId>> {
    let mut seen = vec![here()];
    for _ in 0..4 {
        wait().await;
        seen.push(here());
    }
    seen
}

#[tokio::test]
async fn each_poll_leads_back_to_where_it_came_from() {
    let capture = testing::capture();
    let mut future = pin!(waiting());
    let before = here();
    assert!(futures::poll!(&mut future).is_pending());
    assert_eq!(here(), before);
    // From two places in turns: what was so at one poll need not be at the next.
    for name in ["one", "other"] {
        let guard = trace::span(name).root().enter();
        assert!(futures::poll!(&mut future).is_pending());
        assert_eq!(here(), guard.id());
        let inner = trace::span("inner").enter();
        if name == "one" {
            assert!(futures::poll!(&mut future).is_pending());
        }
        assert_eq!(here(), inner.id());
        drop(inner);
        assert_eq!(here(), guard.id());
    }
    assert_eq!(here(), before);
    let seen = future.await;
    assert_eq!(here(), before);
    let span = capture.span("place_waiting");
    assert_eq!(seen, [Some(span.span_id); 5]);
}

#[trace_request("place_immediate", attributes(n = n))]
async fn immediate(n: u32) -> Result<Option<SpanId>, String> {
    if n == 0 {
        return Err("zero".to_owned());
    }
    Ok(here())
}

#[tokio::test]
async fn a_body_that_never_waits_is_a_span_as_well() {
    let capture = testing::capture();
    let guard = trace::span("outer").enter();
    let seen = immediate(1).await.unwrap();
    assert_eq!(here(), guard.id());
    assert_eq!(immediate(0).await.unwrap_err(), "zero");
    assert_eq!(here(), guard.id());
    let outer = guard.id();
    drop(guard);
    let spans = capture.spans();
    let calls: Vec<_> = spans
        .iter()
        .filter(|span| span.name == "place_immediate")
        .collect();
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|span| span.parent_id == outer));
    assert!(calls.iter().any(|span| Some(span.span_id) == seen));
}

#[trace_request("place_of_a_guard")]
async fn guarded(root: bool) {
    let span = trace::span("kept open");
    let span = if root { span.root() } else { span };
    let _guard = span.enter();
    wait().await;
}

#[tokio::test]
async fn a_guard_that_lives_across_a_wait_stays_inside() {
    let _capture = testing::capture();
    for root in [false, true] {
        let outer = trace::span("outer").enter();
        let mut future = Box::pin(guarded(root));
        assert!(futures::poll!(&mut future).is_pending());
        assert_eq!(here(), outer.id());
        future.await;
        assert_eq!(here(), outer.id());
    }
    assert_eq!(here(), None);
}

struct SeenAtDrop<'a>(&'a mut Option<SpanId>);

impl Drop for SeenAtDrop<'_> {
    fn drop(&mut self) {
        *self.0 = here();
    }
}

#[trace_request("place_at_drop")]
async fn dropped(seen: SeenAtDrop<'_>) {
    wait().await;
    drop(seen);
}

#[tokio::test]
async fn what_a_given_up_body_drops_belongs_to_the_call() {
    let capture = testing::capture();
    let mut seen = None;
    let outer = trace::span("outer").enter();
    {
        let mut future = Box::pin(dropped(SeenAtDrop(&mut seen)));
        assert!(futures::poll!(&mut future).is_pending());
    }
    assert_eq!(here(), outer.id());
    drop(outer);
    assert_eq!(seen, Some(capture.span("place_at_drop").span_id));
}
