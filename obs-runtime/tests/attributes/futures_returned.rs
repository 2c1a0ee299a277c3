//! Functions that return a future.

use std::future::Future;
use std::pin::Pin;

use futures::future::{BoxFuture, LocalBoxFuture};
use obs_runtime::trace_request;

use crate::counts::{calls, in_flight};

#[trace_request("impl_future")]
fn impl_future(n: &u32) -> impl Future<Output = Result<u32, String>> + Send + '_ {
    async move {
        tokio::task::yield_now().await;
        assert!(*n < 100, "too large");
        if *n == 0 {
            return Err("zero".to_owned());
        }
        Ok(*n)
    }
}

#[trace_request("boxed_future")]
fn boxed_future<'a>(n: &'a u32) -> Pin<Box<dyn Future<Output = Result<u32, String>> + Send + 'a>> {
    if *n == 7 {
        return Box::pin(std::future::ready(Ok(8)));
    }
    Box::pin(async move {
        tokio::task::yield_now().await;
        assert!(*n < 100, "too large");
        if *n == 0 { Err("zero".into()) } else { Ok(*n) }
    })
}

#[trace_request("box_future")]
fn box_future(n: &u32) -> BoxFuture<'_, Result<u32, String>> {
    Box::pin(async move {
        tokio::task::yield_now().await;
        assert!(*n < 100, "too large");
        if *n == 0 { Err("zero".into()) } else { Ok(*n) }
    })
}

#[trace_request("local_box_future")]
fn local_box_future(n: &u32) -> LocalBoxFuture<'_, Result<u32, String>> {
    let local = std::rc::Rc::new(*n);
    Box::pin(async move {
        tokio::task::yield_now().await;
        assert!(*local < 100, "too large");
        if *local == 0 {
            Err("zero".into())
        } else {
            Ok(*local)
        }
    })
}

/// Each outcome once, and one future that is never polled.
async fn each_outcome<'a, F>(operation: &str, function: impl Fn(&'a u32) -> F)
where
    F: Future<Output = Result<u32, String>> + 'a,
{
    use futures::FutureExt as _;
    assert_eq!(function(&4).await, Ok(4));
    assert!(function(&0).await.is_err());
    let panicked = std::panic::AssertUnwindSafe(function(&100)).catch_unwind();
    assert!(panicked.await.is_err());
    let mut cancelled = Box::pin(function(&4));
    assert_eq!(in_flight(operation), 0);
    assert!(futures::poll!(&mut cancelled).is_pending());
    assert_eq!(in_flight(operation), 1);
    drop(cancelled);
    drop(function(&4));
    assert_eq!(
        calls(operation),
        [("ok", 1), ("error", 1), ("panic", 1), ("cancelled", 1)],
        "{operation}"
    );
}

#[tokio::test]
async fn each_outcome_once() {
    each_outcome("impl_future", impl_future).await;
    each_outcome("boxed_future", boxed_future).await;
    each_outcome("box_future", box_future).await;
    each_outcome("local_box_future", local_box_future).await;
}

#[trace_request("future_of_unit")]
fn future_of_unit(flag: bool) -> impl Future<Output = ()> {
    async move {
        if flag {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_future_can_be_spawned() {
    tokio::spawn(future_of_unit(true)).await.unwrap();
    tokio::spawn(second_box(&7)).await.unwrap().unwrap();
    assert_eq!(
        calls("future_of_unit"),
        [("ok", 1), ("panic", 0), ("cancelled", 0)]
    );
}

#[trace_request("second_box")]
fn second_box(n: &'static u32) -> BoxFuture<'static, Result<u32, String>> {
    Box::pin(std::future::ready(Ok(*n)))
}

#[trace_request("unwinds_before_its_future", attributes(n = n))]
fn unwinds_before_its_future(n: u32) -> impl Future<Output = u32> {
    assert!(n < 100, "too large");
    async move { n }
}

#[test]
fn a_function_that_unwinds_before_it_has_a_future_is_counted() {
    let capture = obs_runtime::testing::capture();
    assert!(std::panic::catch_unwind(|| drop(unwinds_before_its_future(100))).is_err());
    drop(unwinds_before_its_future(1));
    assert_eq!(
        calls("unwinds_before_its_future"),
        [("ok", 0), ("panic", 1), ("cancelled", 0)]
    );
    assert_eq!(in_flight("unwinds_before_its_future"), 0);
    let span = capture.span("unwinds_before_its_future");
    assert!(span.is_error());
    assert_eq!(span.attribute("n").unwrap().to_string(), "100");
}
