//! The value instead of an error, beside the other policies.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use obs_runtime::breaker::{self, CallResult, State};
use obs_runtime::policy::Reason;
use obs_runtime::testing::{capture, virtual_clock};
use obs_runtime::{
    CallOutcome, bulkhead, circuit_breaker, rate_limit, retry, timeout, trace_request,
};

use crate::{Error, reason};

#[derive(Default)]
struct Seen {
    asked: Cell<u32>,
    instead: Cell<u32>,
}

fn seven(seen: &Seen, error: Error) -> Result<u32, Error> {
    seen.instead.set(seen.instead.get() + 1);
    match error {
        Error::Broken => Err(error),
        _ => Ok(7),
    }
}

#[trace_request("fallback.retried")]
#[retry("fallback.retried", idempotent, attempts = 3, delay = "1ms")]
#[circuit_breaker("fallback.retried", failure_threshold = 10, fallback = seven)]
fn retried(seen: &Seen) -> Result<u32, Error> {
    seen.asked.set(seen.asked.get() + 1);
    Err(Error::Busy)
}

#[test]
fn it_comes_once_after_the_last_attempt() {
    let (capture, seen) = (capture(), Seen::default());
    assert_eq!(retried(&seen), Ok(7));
    assert_eq!((seen.asked.get(), seen.instead.get()), (3, 1));
    assert_eq!(capture.calls("fallback.retried", CallOutcome::Error), 1);
}

#[trace_request("fallback.limited")]
#[circuit_breaker("fallback.limited", failure_threshold = 1, fallback = seven)]
#[rate_limit("fallback.limited", calls = 1, per = "1h")]
fn limited(seen: &Seen) -> Result<u32, Error> {
    seen.asked.set(seen.asked.get() + 1);
    Ok(1)
}

/// What the limit of rate rejects is answered by the fallback, and is nothing to the breaker.
#[test]
fn it_answers_what_a_limit_rejects() {
    let _clock = virtual_clock();
    let (capture, seen) = (capture(), Seen::default());
    assert_eq!([(); 3].map(|()| limited(&seen)), [Ok(1), Ok(7), Ok(7)]);
    assert_eq!((seen.asked.get(), seen.instead.get()), (1, 2));
    assert_eq!(
        breaker::find("fallback.limited").unwrap().state(),
        State::Closed
    );
    assert_eq!(capture.calls("fallback.limited", CallOutcome::Rejected), 2);
}

#[trace_request("fallback.full")]
#[circuit_breaker("fallback.full", failure_threshold = 1, fallback = later)]
#[bulkhead("fallback.full", concurrent = 1, queue = 1, wait = "10ms")]
#[timeout("20ms")]
async fn full(millis: u64) -> Result<u32, Error> {
    tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
    Ok(1)
}

async fn later(_millis: u64, error: Error) -> Result<u32, Error> {
    Ok(match reason(Err::<(), _>(error)) {
        Reason::BulkheadFull => 2,
        Reason::TimedOut => 3,
        _ => 4,
    })
}

#[tokio::test(start_paused = true)]
async fn it_answers_a_full_bulkhead_a_late_call_and_an_open_breaker() {
    let (first, second, third) = tokio::join!(full(15), full(1), full(1));
    assert_eq!((first, second, third), (Ok(1), Ok(2), Ok(2)));
    assert_eq!(full(50).await, Ok(3));
    assert_eq!(full(1).await, Ok(4));
}

fn gives_up(_: &Seen, _: Error) -> Result<u32, Error> {
    panic!("in the fallback")
}

#[trace_request("fallback.panics")]
#[circuit_breaker(
    "fallback.panics",
    failure_threshold = 2,
    fallback = gives_up
)]
#[bulkhead("fallback.panics", concurrent = 1)]
fn panics(seen: &Seen) -> Result<u32, Error> {
    seen.asked.set(seen.asked.get() + 1);
    Err(Error::Broken)
}

/// A fallback that panics has neither the place of the call nor another failure.
#[test]
fn one_that_panics_ends_its_call_alone() {
    let (capture, seen) = (capture(), Seen::default());
    for _ in 0..2 {
        let call = catch_unwind(AssertUnwindSafe(|| panics(&seen)));
        assert!(call.is_err());
    }
    assert_eq!(seen.asked.get(), 2);
    let calls = breaker::find("fallback.panics").unwrap().status().calls;
    let errors = calls
        .iter()
        .find(|(result, _)| *result == CallResult::Error);
    assert_eq!(errors, Some(&(CallResult::Error, 2)));
    assert_eq!(capture.calls("fallback.panics", CallOutcome::Panic), 2);
}
