//! `#[retry]`, `#[rate_limit]`, `#[bulkhead]` and `#[timeout]` on every kind of function, alone and as one policy.
#![cfg(all(feature = "macros", feature = "tokio"))]

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use obs_runtime::breaker::{self, State};
use obs_runtime::policy::Reason;
use obs_runtime::testing::{Capture, capture, virtual_clock};
use obs_runtime::{
    CallOutcome, Outcome, Rejected, bulkhead, circuit_breaker, debug_trace, rate_limit, retry,
    service, timeout, trace_request, track_db_query, track_external_api,
};

#[derive(Debug, PartialEq, Outcome)]
enum Error {
    #[outcome(retryable)]
    Busy,
    #[outcome(retryable)]
    BusyFor(Duration),
    #[outcome(failure)]
    Broken,
    #[outcome(retryable)]
    Late(Rejected),
    #[outcome(failure)]
    Rejected(Rejected),
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        match rejected.reason() {
            Reason::TimedOut => Self::Late(rejected),
            _ => Self::Rejected(rejected),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

#[track_caller]
fn assert_rejected<T: std::fmt::Debug>(value: Result<T, Error>, name: &str, reason: Reason) {
    match value {
        Err(Error::Rejected(rejected) | Error::Late(rejected)) => {
            assert_eq!((rejected.name(), rejected.reason()), (name, reason));
        }
        other => panic!("expected a rejection, got {other:?}"),
    }
}

#[track_caller]
fn assert_calls(capture: &Capture, operation: &str, outcomes: &[(CallOutcome, u64)]) {
    for (outcome, count) in outcomes {
        assert_eq!(capture.calls(operation, *outcome), *count, "{outcome:?}");
    }
}

fn attempts(capture: &Capture, name: &str, result: &str) -> f64 {
    capture.counter(
        "retry_attempts_total",
        &[("name", name), ("result", result)],
    )
}

/// Fails until it was asked so often.
fn after(asked: &AtomicU32, failures: u32) -> Result<u32, Error> {
    match asked.fetch_add(1, Relaxed) {
        at if at < failures => Err(Error::Busy),
        at => Ok(at + 1),
    }
}

#[trace_request("flaky")]
#[retry("flaky", idempotent, delay = "1ms", attempts = 3)]
fn flaky(asked: &AtomicU32, mut text: String, failures: u32) -> Result<String, Error> {
    let attempt = after(asked, failures)?;
    text.push_str(&attempt.to_string());
    Ok(text)
}

#[test]
fn each_attempt_has_parameters_of_its_own_and_the_call_one_outcome() {
    let capture = capture();
    let asked = AtomicU32::new(0);
    assert_eq!(flaky(&asked, "no. ".to_owned(), 2), Ok("no. 3".to_owned()));
    let asked = AtomicU32::new(0);
    assert_eq!(flaky(&asked, String::new(), 9), Err(Error::Busy));
    assert_eq!(asked.into_inner(), 3);
    assert_calls(
        &capture,
        "flaky",
        &[(CallOutcome::Ok, 1), (CallOutcome::Error, 1)],
    );
    assert_eq!(attempts(&capture, "flaky", "retried"), 4.0);
    assert_eq!(attempts(&capture, "flaky", "success"), 1.0);
    assert_eq!(attempts(&capture, "flaky", "exhausted"), 1.0);
    let spans = capture.spans();
    let numbers: Vec<Vec<String>> = spans
        .iter()
        .map(|span| {
            let events = span.events.iter().filter(|event| event.name == "retry");
            let number = |event: &obs_runtime::trace::SpanEvent| {
                let found = event
                    .attributes
                    .iter()
                    .find(|(key, _)| key == "retry.attempt");
                found.unwrap().1.to_string()
            };
            events.map(number).collect()
        })
        .collect();
    assert_eq!(numbers, [["2", "3"], ["2", "3"]]);
}

#[retry(idempotent, delay = "1ms", retry_if = |error| *error == Error::Broken)]
fn by_hand(asked: &AtomicU32, error: fn() -> Error) -> Result<(), Error> {
    asked.fetch_add(1, Relaxed);
    Err(error())
}

#[test]
fn retry_if_says_what_is_worth_it_in_the_place_of_the_type() {
    for (error, times) in [
        ((|| Error::Broken) as fn() -> Error, 3),
        (|| Error::Busy, 1),
    ] {
        let asked = AtomicU32::new(0);
        assert_eq!(by_hand(&asked, error), Err(error()));
        assert_eq!(asked.into_inner(), times);
    }
}

fn asked_for(error: &Error) -> Option<Duration> {
    match error {
        Error::BusyFor(time) => Some(*time),
        _ => None,
    }
}

#[retry("patient", idempotent, max_delay = "5s", retry_after = asked_for)]
async fn patient(asked: &AtomicU32, time: Duration) -> Result<(), Error> {
    match asked.fetch_add(1, Relaxed) {
        0 => Err(Error::BusyFor(time)),
        _ => Ok(()),
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_can_say_how_long_it_takes() {
    let (asked, begun) = (AtomicU32::new(0), tokio::time::Instant::now());
    assert_eq!(patient(&asked, Duration::from_secs(4)).await, Ok(()));
    assert_eq!(begun.elapsed().as_secs(), 4);
    let (asked, begun) = (AtomicU32::new(0), tokio::time::Instant::now());
    let long = Duration::from_secs(6);
    assert_eq!(patient(&asked, long).await, Err(Error::BusyFor(long)));
    assert_eq!(begun.elapsed().as_secs(), 0);
}

#[trace_request("slow")]
#[timeout("50ms")]
async fn slow(millis: u64) -> Result<u64, Error> {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    Ok(millis)
}

#[tokio::test(start_paused = true)]
async fn a_body_that_takes_too_long_is_dropped_and_named_by_its_function() {
    let capture = capture();
    assert_eq!(slow(10).await, Ok(10));
    assert_rejected(slow(100).await, "slow", Reason::TimedOut);
    assert_calls(
        &capture,
        "slow",
        &[(CallOutcome::Ok, 1), (CallOutcome::Timeout, 1)],
    );
    for (result, count) in [("completed", 1.0), ("timeout", 1.0)] {
        let labels = [("name", "slow"), ("result", result)];
        assert_eq!(
            capture.counter("time_limiter_calls_total", &labels),
            count,
            "{result}"
        );
    }
}

#[trace_request("limited")]
#[rate_limit("limited", calls = 10, burst = 1)]
fn limited() -> Result<(), Error> {
    Ok(())
}

#[test]
fn calls_beyond_the_rate_are_rejected_operations() {
    let clock = virtual_clock();
    let capture = capture();
    assert_eq!(limited(), Ok(()));
    assert_rejected(limited(), "limited", Reason::RateLimited);
    clock.advance(Duration::from_millis(101));
    assert_eq!(limited(), Ok(()));
    assert_calls(
        &capture,
        "limited",
        &[(CallOutcome::Ok, 2), (CallOutcome::Rejected, 1)],
    );
}

#[bulkhead("narrow", concurrent = 1, queue = 1, wait = "100ms")]
async fn narrow(millis: u64) -> Result<u64, Error> {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    Ok(millis)
}

#[tokio::test(start_paused = true)]
async fn calls_wait_for_a_place_and_beyond_the_queue_are_rejected() {
    let (first, second, third) = tokio::join!(narrow(50), narrow(60), narrow(70));
    assert_eq!((first, second), (Ok(50), Ok(60)));
    assert_rejected(third, "narrow", Reason::BulkheadFull);
    let (first, second) = tokio::join!(narrow(200), narrow(1));
    assert_eq!(first, Ok(200));
    assert_rejected(second, "narrow", Reason::BulkheadFull);
    // One that is given up leaves its place.
    let given_up = tokio::time::timeout(Duration::from_millis(10), narrow(1_000)).await;
    assert!(given_up.is_err());
    assert_eq!(narrow(1).await, Ok(1));
}

#[bulkhead("sync", concurrent = 1)]
fn recursive(depth: u32) -> Result<u32, Error> {
    match depth {
        0 => Ok(0),
        depth => recursive(depth - 1),
    }
}

#[test]
fn a_function_that_is_not_async_can_have_one_too() {
    assert_eq!(recursive(0), Ok(0));
    assert_rejected(recursive(1), "sync", Reason::BulkheadFull);
    assert_eq!(recursive(0), Ok(0));
}

/// In the wrong order on purpose: it is one policy, whatever the order.
#[timeout("50ms", name = "whole")]
#[bulkhead("whole", concurrent = 1)]
#[rate_limit("whole", calls = 1_000)]
#[circuit_breaker("whole", failure_threshold = 3, fallback = last_known)]
#[retry("whole", attempts = 2, delay = "10ms", jitter = 0.0, idempotent)]
#[trace_request("whole")]
async fn whole(asked: &AtomicU32, name: String) -> Result<String, Error> {
    asked.fetch_add(1, Relaxed);
    let millis = if name == "slow" { 100 } else { 1 };
    tokio::time::sleep(Duration::from_millis(millis)).await;
    match &*name {
        "broken" => Err(Error::Broken),
        "busy" => Err(Error::Busy),
        _ => Ok(name),
    }
}

async fn last_known(_asked: &AtomicU32, name: String, error: Error) -> Result<String, Error> {
    match error {
        Error::Broken => Ok(format!("{name} before")),
        error => Err(error),
    }
}

#[tokio::test(start_paused = true)]
async fn all_of_them_are_one_policy_in_their_own_order() {
    let capture = capture();
    let asked = AtomicU32::new(0);
    let call = |name: &str| whole(&asked, name.to_owned());
    assert_eq!(call("tea").await, Ok("tea".to_owned()));
    // The fallback comes after the last attempt, and `Broken` has one.
    assert_eq!(call("broken").await, Ok("broken before".to_owned()));
    assert_eq!(asked.swap(0, Relaxed), 2);
    assert_eq!(call("tea").await, Ok("tea".to_owned()));
    // Each attempt has its own limit of time, and is a failure to the breaker.
    asked.store(0, Relaxed);
    let begun = tokio::time::Instant::now();
    assert_rejected(call("slow").await, "whole", Reason::TimedOut);
    assert_eq!(
        (asked.swap(0, Relaxed), begun.elapsed().as_millis() / 10),
        (2, 11)
    );
    assert_eq!(breaker::find("whole").unwrap().state(), State::Closed);
    // The third failure in a row opens it, and the attempt after that is rejected for good.
    assert_rejected(call("busy").await, "whole", Reason::CircuitOpen);
    assert_eq!(asked.load(Relaxed), 1);
    assert_eq!(breaker::find("whole").unwrap().state(), State::Open);
    assert_calls(
        &capture,
        "whole",
        &[
            (CallOutcome::Ok, 2),
            (CallOutcome::Error, 1),
            (CallOutcome::Timeout, 1),
            (CallOutcome::Rejected, 1),
        ],
    );
    for (result, count) in [
        ("success", 2.0),
        ("retried", 2.0),
        ("exhausted", 1.0),
        ("not_retryable", 2.0),
    ] {
        assert_eq!(attempts(&capture, "whole", result), count, "{result}");
    }
}

#[retry("in-turn", idempotent, delay = "1ms")]
#[rate_limit("in-turn", calls = 10, burst = 1)]
async fn in_turn() -> Result<(), Error> {
    Ok(())
}

#[tokio::test]
async fn a_rejection_by_rate_is_repeated_when_it_is_its_turn() {
    let begun = std::time::Instant::now();
    assert_eq!(in_turn().await, Ok(()));
    assert_eq!(in_turn().await, Ok(()));
    assert!(begun.elapsed() >= Duration::from_millis(99));
}

#[circuit_breaker(
    "undecided",
    failure_threshold = 1,
    recovery_timeout = "1s",
    half_open_calls = 1
)]
#[bulkhead("undecided", concurrent = 1)]
fn undecided(inside: &dyn Fn() -> Result<(), Error>) -> Result<(), Error> {
    inside()
}

#[test]
fn a_probe_that_finds_no_place_says_nothing_to_the_breaker() {
    let clock = virtual_clock();
    assert!(undecided(&|| Err(Error::Broken)).is_err());
    clock.advance(Duration::from_millis(1_001));
    let state = || breaker::find("undecided").unwrap().state();
    assert_eq!(state(), State::HalfOpen);
    let bulkhead = obs_runtime::policy::Bulkhead::named(
        "undecided",
        obs_runtime::policy::BulkheadSettings {
            concurrent: 1,
            ..Default::default()
        },
    )
    .unwrap();
    let slot = bulkhead.enter().unwrap();
    assert_rejected(undecided(&|| Ok(())), "undecided", Reason::BulkheadFull);
    assert_eq!(state(), State::HalfOpen);
    drop(slot);
    assert_eq!(undecided(&|| Ok(())), Ok(()));
    assert_eq!(state(), State::Closed);
}

#[track_db_query("select", "orders", system = "sqlite")]
#[retry(delay = "1ms")]
fn select(asked: &AtomicU32) -> Result<u32, Error> {
    after(asked, 1)
}

#[track_external_api("stock", endpoint = "/v1/stock", method = "GET")]
#[retry("get", delay = "1ms")]
#[debug_trace("policies")]
async fn get(asked: Arc<AtomicU32>, id: u64) -> Result<u64, Error> {
    after(&asked, 1)?;
    Ok(id)
}

struct Shop {
    asked: AtomicU32,
}

#[service]
impl Shop {
    #[retry(idempotent, delay = "1ms")]
    #[timeout("1s")]
    async fn ask<T: Clone + Send>(&self, value: T) -> Result<T, Error> {
        after(&self.asked, 2)?;
        Ok(value)
    }
}

#[async_trait::async_trait]
trait Api: Sync {
    async fn call(&self, text: String) -> Result<String, Error>;
}

#[async_trait::async_trait]
impl Api for Shop {
    #[retry("api", idempotent, delay = "1ms")]
    #[bulkhead("api", queue = 4, wait = "1s")]
    async fn call(&self, text: String) -> Result<String, Error> {
        after(&self.asked, 2)?;
        Ok(text)
    }
}

#[retry("future", idempotent, delay = "1ms")]
fn future(asked: &AtomicU32, id: u64) -> impl Future<Output = Result<u64, Error>> + '_ {
    async move {
        after(asked, 1)?;
        Ok(id)
    }
}

#[retry("boxed", idempotent, delay = "1ms")]
fn boxed<'a>(
    asked: &'a AtomicU32,
    id: &'a u64,
) -> Pin<Box<dyn Future<Output = Result<u64, Error>> + Send + 'a>> {
    Box::pin(async move {
        after(asked, 1)?;
        Ok(*id)
    })
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_function_can_be_retried() {
    assert_eq!(select(&AtomicU32::new(0)), Ok(2));
    assert_eq!(get(Arc::default(), 7).await, Ok(7));
    let shop = Shop {
        asked: AtomicU32::new(0),
    };
    let asked = tokio::spawn(async move { shop.ask("a".to_owned()).await });
    assert_eq!(asked.await.unwrap(), Ok("a".to_owned()));
    let shop = Shop {
        asked: AtomicU32::new(0),
    };
    assert_eq!(shop.call("b".to_owned()).await, Ok("b".to_owned()));
    assert_eq!(future(&AtomicU32::new(0), 1).await, Ok(1));
    assert_eq!(boxed(&AtomicU32::new(0), &2).await, Ok(2));
}

#[retry("given-up", idempotent, delay = "10s")]
#[bulkhead("given-up", concurrent = 1)]
async fn given_up(asked: &AtomicU32) -> Result<u32, Error> {
    after(asked, 1)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_its_next_attempt_keeps_no_place() {
    let asked = AtomicU32::new(0);
    let mut first = Box::pin(given_up(&asked));
    assert!(futures::poll!(&mut first).is_pending());
    assert_eq!(given_up(&asked).await, Ok(2));
    assert_eq!(first.await, Ok(3));
}
