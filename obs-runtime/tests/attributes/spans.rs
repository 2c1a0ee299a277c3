//! The spans of annotated calls.

use obs_runtime::trace::{SpanContext, SpanKind, Status};
use obs_runtime::{testing, trace_request};

fn attributes(span: &obs_runtime::trace::SpanData) -> Vec<String> {
    let attributes = span.attributes.iter();
    attributes
        .map(|(key, value)| format!("{key}={value}"))
        .collect()
}

#[derive(Debug)]
struct Order {
    id: u64,
    note: Option<String>,
}

#[trace_request(
    "span_attributes",
    kind = consumer,
    labels(express = order.id > 1),
    attributes(order.id = order.id, "user.name" = user, order = ?order, shown = %order.id, note = order.note),
)]
fn with_attributes(order: &Order, user: String) -> usize {
    user.len() + usize::try_from(order.id).unwrap()
}

#[test]
fn attributes_are_on_the_span() {
    let order = Order { id: 7, note: None };
    let capture = testing::capture();
    assert_eq!(with_attributes(&order, "ada".to_owned()), 10);
    let span = capture.span("span_attributes");
    assert_eq!(span.kind, SpanKind::Consumer);
    let found = attributes(&span);
    for expected in [
        "express=true",
        "order.id=7",
        "user.name=ada",
        "order=Order { id: 7, note: None }",
        "shown=7",
    ] {
        assert!(
            found.iter().any(|one| one == expected),
            "{expected} in {found:?}"
        );
    }
    assert!(
        !found.iter().any(|one| one.starts_with("note")),
        "{found:?}"
    );
}

#[trace_request("span_lazy", attributes(expensive = expensive()))]
fn lazy() {}

fn expensive() -> u64 {
    CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

static CALLS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

#[test]
fn attributes_are_only_computed_while_somebody_records() {
    {
        let _capture = testing::capture();
        lazy();
    }
    assert_eq!(CALLS.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[trace_request("span_outer")]
async fn outer(parent: &SpanContext) -> Result<(), String> {
    tokio::task::yield_now().await;
    inner(1);
    detached();
    remote(parent);
    inner(2);
    Err("broken".to_owned())
}

#[trace_request("span_inner", attributes(n = n))]
fn inner(n: u32) -> u32 {
    n
}

#[trace_request("span_detached", root)]
fn detached() {}

#[trace_request("span_remote", parent = parent)]
fn remote(parent: &SpanContext) {
    assert!(parent.flags.is_sampled());
}

#[tokio::test]
async fn parents_and_roots() {
    let header = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".as_slice();
    let parent = obs_runtime::trace::w3c::extract([header], []).unwrap();
    let capture = testing::capture();
    assert!(outer(&parent).await.is_err());
    let outer = capture.span("span_outer");
    assert_eq!(outer.status, Status::Error);
    assert_eq!(outer.status_message.as_deref(), Some("broken"));
    let children: Vec<_> = capture
        .spans()
        .into_iter()
        .filter(|span| span.parent_id == Some(outer.span_id))
        .collect();
    assert_eq!(children.len(), 2);
    assert!(children.iter().all(|span| span.name == "span_inner"));
    assert_eq!(capture.span("span_detached").parent_id, None);
    let remote = capture.span("span_remote");
    assert_eq!(remote.parent_id, Some(parent.span_id));
    assert!(remote.parent_is_remote);
}

#[trace_request("span_later", attributes(n = n))]
fn later(n: u32) -> impl Future<Output = u32> {
    async move { n }
}

#[tokio::test]
async fn a_returned_future_keeps_its_attributes() {
    let capture = testing::capture();
    assert_eq!(later(5).await, 5);
    assert!(attributes(&capture.span("span_later")).contains(&"n=5".to_owned()));
}

struct Lines;

#[obs_runtime::service]
impl Lines {
    fn first(&self) -> u32 {
        line!()
    }

    fn second(&self) -> u32 {
        line!()
    }
}

#[test]
fn a_span_points_to_its_own_function() {
    let capture = testing::capture();
    assert!(Lines.first() < Lines.second());
    assert_eq!(capture.span("Lines::first").code.line, Lines.first() - 1);
    assert_eq!(capture.span("Lines::second").code.line, Lines.second() - 1);
}
