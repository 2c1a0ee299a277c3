//! `async fn`.

use obs_runtime::trace_request;

use crate::counts::{calls, in_flight, panics};

#[trace_request("async_fallible")]
async fn fallible(n: u32) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    tokio::task::yield_now().await;
    assert!(n < 100, "too large");
    if n == 0 {
        return Err("zero".into());
    }
    let parsed: u32 = n.to_string().parse()?;
    tokio::task::yield_now().await;
    Ok(parsed)
}

#[tokio::test]
async fn each_outcome_once() {
    assert_eq!(
        calls("async_fallible"),
        [("ok", 0), ("error", 0), ("panic", 0), ("cancelled", 0)]
    );
    assert_eq!(fallible(1).await.unwrap(), 1);
    assert!(fallible(0).await.is_err());
    let handle = tokio::spawn(fallible(100));
    assert!(handle.await.unwrap_err().is_panic());
    let mut cancelled = Box::pin(fallible(1));
    assert!(futures::poll!(&mut cancelled).is_pending());
    drop(cancelled);
    assert_eq!(
        calls("async_fallible"),
        [("ok", 1), ("error", 1), ("panic", 1), ("cancelled", 1)]
    );
}

#[trace_request("async_pending")]
async fn pending() {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_dropped_future_is_not_in_flight_any_more() {
    let mut future = Box::pin(pending());
    assert_eq!(in_flight("async_pending"), 0);
    assert!(futures::poll!(&mut future).is_pending());
    assert!(futures::poll!(&mut future).is_pending());
    assert_eq!(in_flight("async_pending"), 1);
    drop(future);
    assert_eq!(
        calls("async_pending"),
        [("ok", 0), ("panic", 0), ("cancelled", 1)]
    );
}

#[trace_request("async_never_polled")]
async fn never_polled() {}

#[test]
fn a_future_that_is_never_polled_is_no_call() {
    drop(never_polled());
    assert_eq!(
        calls("async_never_polled"),
        [("ok", 0), ("panic", 0), ("cancelled", 0)]
    );
}

#[trace_request("async_join")]
async fn step(n: u32) -> u32 {
    for _ in 0..n {
        tokio::task::yield_now().await;
    }
    n
}

#[tokio::test]
async fn joined_and_selected() {
    let joined = futures::future::join(step(1), step(3)).await;
    assert_eq!(joined, (1, 3));
    tokio::select! {
        biased;
        n = step(1) => assert_eq!(n, 1),
        _ = step(10) => unreachable!(),
    }
    assert_eq!(
        calls("async_join"),
        [("ok", 3), ("panic", 0), ("cancelled", 1)]
    );
}

#[trace_request("async_borrow")]
async fn borrow<'a>(names: &'a mut Vec<String>, name: &str) -> Option<&'a mut String> {
    names.push(name.to_owned());
    tokio::task::yield_now().await;
    names.last_mut()
}

#[trace_request("async_generic")]
async fn generic<T, const N: usize>(value: T) -> Result<[T; N], String>
where
    T: Clone + Send + std::fmt::Debug,
{
    let values: Vec<T> = vec![value; N];
    tokio::task::yield_now().await;
    let values: [T; N] = values.try_into().map_err(|all| format!("{all:?}"))?;
    Ok(values)
}

#[trace_request("async_impl")]
async fn iterate(values: impl IntoIterator<Item = u8>) -> Result<impl Iterator<Item = u8>, String> {
    let values: Vec<u8> = values.into_iter().collect();
    if values.is_empty() {
        return Err("empty".to_owned());
    }
    Ok(values.into_iter())
}

#[tokio::test]
async fn generics_and_borrows() {
    let mut names = Vec::new();
    borrow(&mut names, "a").await.unwrap().push('b');
    assert_eq!(names, ["ab"]);
    assert_eq!(generic::<_, 2>(7u8).await, Ok([7, 7]));
    assert_eq!(iterate([1, 2]).await.unwrap().count(), 2);
    assert!(iterate([]).await.is_err());
    assert_eq!(
        calls("async_impl"),
        [("ok", 1), ("error", 1), ("panic", 0), ("cancelled", 0)]
    );
}

#[trace_request("async_recursive")]
async fn countdown(n: u32) -> Result<u32, String> {
    if n == 0 {
        return Ok(0);
    }
    let below = Box::pin(countdown(n - 1)).await?;
    Ok(below + 1)
}

#[tokio::test]
async fn recursion() {
    assert_eq!(countdown(3).await, Ok(3));
    assert_eq!(
        calls("async_recursive"),
        [("ok", 4), ("error", 0), ("panic", 0), ("cancelled", 0)]
    );
}

#[trace_request("async_never")]
async fn never(message: &str) -> ! {
    tokio::task::yield_now().await;
    panic!("{message}");
}

#[test]
fn a_future_that_never_returns() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    panics(|| runtime.block_on(never("stop")));
    assert_eq!(
        calls("async_never"),
        [("ok", 0), ("panic", 1), ("cancelled", 0)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_on_many_threads() {
    #[trace_request("async_tasks")]
    async fn task(n: u32) -> Result<u32, String> {
        for _ in 0..n % 4 {
            tokio::task::yield_now().await;
        }
        if n.is_multiple_of(5) {
            Err(n.to_string())
        } else {
            Ok(n)
        }
    }
    let tasks: Vec<_> = (0..100).map(|n| tokio::spawn(task(n))).collect();
    for task in tasks {
        let _: Result<u32, String> = task.await.unwrap();
    }
    assert_eq!(
        calls("async_tasks"),
        [("ok", 80), ("error", 20), ("panic", 0), ("cancelled", 0)]
    );
}
