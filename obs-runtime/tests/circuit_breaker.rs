//! `#[circuit_breaker]` on every kind of function.
#![cfg(all(feature = "macros", feature = "tokio"))]

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use obs_runtime::breaker::{self, CallResult, State};
use obs_runtime::policy::Reason;
use obs_runtime::testing::{Capture, capture, virtual_clock};
use obs_runtime::{CallOutcome, Outcome, Rejected, circuit_breaker, service, trace_request};

#[derive(Debug, PartialEq)]
enum Error {
    Broken,
    NotFound,
    Rejected(Rejected),
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

fn result(name: &str, result: CallResult) -> u64 {
    let calls = breaker::find(name).unwrap().status().calls;
    calls.iter().find(|(one, _)| *one == result).unwrap().1
}

fn state(name: &str) -> State {
    breaker::find(name).unwrap().state()
}

#[track_caller]
fn assert_rejected<T: std::fmt::Debug>(value: Result<T, Error>, name: &str, reason: Reason) {
    match value {
        Err(Error::Rejected(rejected)) => {
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

#[trace_request("sync")]
#[circuit_breaker("sync", failure_threshold = 2)]
fn fused(fails: bool) -> Result<u32, Error> {
    if fails {
        return Err(Error::Broken);
    }
    Ok(1)
}

#[test]
fn a_rejected_call_is_an_operation_with_that_outcome() {
    let capture = capture();
    assert_eq!(fused(false), Ok(1));
    assert_eq!(fused(true), Err(Error::Broken));
    assert_eq!(fused(true), Err(Error::Broken));
    assert_rejected(fused(false), "sync", Reason::CircuitOpen);
    assert_calls(
        &capture,
        "sync",
        &[
            (CallOutcome::Ok, 1),
            (CallOutcome::Error, 2),
            (CallOutcome::Rejected, 1),
        ],
    );
    let rejected = capture.spans().pop().unwrap();
    assert_eq!(rejected.outcome, Some(CallOutcome::Rejected));
    assert!(rejected.status_message.unwrap().contains("Rejected"));
    assert_eq!(result("sync", CallResult::CircuitOpen), 1);
}

#[circuit_breaker("alone", failure_threshold = 1)]
fn alone(fails: bool) -> Result<(), Error> {
    if fails { Err(Error::Broken) } else { Ok(()) }
}

#[test]
fn without_another_attribute_there_is_only_the_breaker() {
    let clock = virtual_clock();
    assert!(alone(true).is_err());
    assert_rejected(alone(false), "alone", Reason::CircuitOpen);
    clock.advance(Duration::from_secs(61));
    for _ in 0..3 {
        alone(false).unwrap();
    }
    assert_eq!(state("alone"), State::Closed);
}

#[trace_request("asynchronous")]
#[circuit_breaker("asynchronous", failure_threshold = 1, timeout = "50ms")]
async fn asynchronous(sleep: u64, fails: bool) -> Result<u64, Error> {
    tokio::time::sleep(Duration::from_millis(sleep)).await;
    if fails {
        Err(Error::Broken)?;
    }
    Ok(sleep)
}

#[tokio::test(start_paused = true)]
async fn a_body_that_takes_too_long_is_dropped() {
    let capture = capture();
    assert_eq!(asynchronous(10, false).await, Ok(10));
    assert_rejected(
        asynchronous(100, false).await,
        "asynchronous",
        Reason::TimedOut,
    );
    assert_rejected(
        asynchronous(10, false).await,
        "asynchronous",
        Reason::CircuitOpen,
    );
    assert_calls(
        &capture,
        "asynchronous",
        &[
            (CallOutcome::Ok, 1),
            (CallOutcome::Timeout, 1),
            (CallOutcome::Rejected, 1),
        ],
    );
    assert_eq!(result("asynchronous", CallResult::Timeout), 1);
}

static DROPPED: AtomicU32 = AtomicU32::new(0);

struct NoteDrop;

impl Drop for NoteDrop {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Relaxed);
    }
}

#[circuit_breaker("cancelled", failure_threshold = 1)]
async fn cancelled() -> Result<(), Error> {
    let _note = NoteDrop;
    std::future::pending().await
}

#[tokio::test]
async fn a_future_that_is_given_up_decides_nothing() {
    for _ in 0..10 {
        let mut call = Box::pin(cancelled());
        assert!(futures::poll!(&mut call).is_pending());
    }
    assert_eq!(DROPPED.load(Relaxed), 10);
    assert_eq!(state("cancelled"), State::Closed);
}

#[trace_request("boxed")]
#[circuit_breaker("boxed", failure_threshold = 1)]
fn boxed(fails: bool) -> Pin<Box<dyn Future<Output = Result<u32, Error>> + Send>> {
    Box::pin(async move { if fails { Err(Error::Broken) } else { Ok(1) } })
}

#[circuit_breaker("opaque", failure_threshold = 1)]
fn opaque(fails: &bool) -> impl Future<Output = Result<u32, Error>> + Send + '_ {
    async move { if *fails { Err(Error::Broken) } else { Ok(1) } }
}

#[tokio::test]
async fn functions_that_return_futures() {
    let capture = capture();
    assert_eq!(boxed(false).await, Ok(1));
    assert_eq!(boxed(true).await, Err(Error::Broken));
    assert_rejected(boxed(false).await, "boxed", Reason::CircuitOpen);
    assert_calls(
        &capture,
        "boxed",
        &[
            (CallOutcome::Ok, 1),
            (CallOutcome::Error, 1),
            (CallOutcome::Rejected, 1),
        ],
    );
    assert_eq!(opaque(&true).await, Err(Error::Broken));
    assert_rejected(opaque(&false).await, "opaque", Reason::CircuitOpen);
}

#[async_trait::async_trait]
trait Store {
    async fn load(&self, id: u64) -> Result<u64, Error>;
}

struct Database;

#[async_trait::async_trait]
impl Store for Database {
    #[trace_request("async_trait")]
    #[circuit_breaker("async_trait", failure_threshold = 1)]
    async fn load(&self, id: u64) -> Result<u64, Error> {
        tokio::task::yield_now().await;
        if id == 0 { Err(Error::Broken) } else { Ok(id) }
    }
}

#[tokio::test]
async fn under_async_trait() {
    let store: Box<dyn Store> = Box::new(Database);
    assert_eq!(store.load(1).await, Ok(1));
    assert_eq!(store.load(0).await, Err(Error::Broken));
    assert_rejected(store.load(1).await, "async_trait", Reason::CircuitOpen);
}

struct Shop {
    calls: u32,
}

#[service]
impl Shop {
    #[circuit_breaker("method", failure_threshold = 1)]
    fn pay(&mut self, cents: u64) -> Result<&u32, Error> {
        self.calls += 1;
        if cents == 0 {
            return Err(Error::Broken);
        }
        Ok(&self.calls)
    }

    #[circuit_breaker("generic", failure_threshold = 1)]
    fn show<T>(&self, value: T) -> Result<String, Error>
    where
        T: std::fmt::Display + Clone,
    {
        match value.to_string() {
            text if text.is_empty() => Err(Error::Broken),
            text => Ok(text),
        }
    }
}

#[test]
fn methods_and_generics() {
    let capture = capture();
    let mut shop = Shop { calls: 0 };
    assert_eq!(shop.pay(1), Ok(&1));
    assert!(shop.pay(0).is_err());
    assert_rejected(shop.pay(1), "method", Reason::CircuitOpen);
    assert_eq!(shop.calls, 2);
    assert_eq!(capture.calls("Shop::pay", CallOutcome::Rejected), 1);
    assert_eq!(shop.show(7).unwrap(), "7");
    assert!(shop.show("").is_err());
    assert_rejected(shop.show(8), "generic", Reason::CircuitOpen);
}

#[circuit_breaker(
    "classified",
    failure_threshold = 1,
    record = |error| matches!(error, Error::Broken | Error::NotFound),
    ignore = |error| matches!(error, Error::NotFound),
)]
fn classified(error: Option<Error>) -> Result<(), Error> {
    error.map_or(Ok(()), Err)
}

#[derive(Debug, Outcome)]
enum Classified {
    #[outcome(caller_fault)]
    Declined,
    #[outcome(ignored)]
    Unknown,
    #[outcome(retryable)]
    Busy,
    #[outcome(failure)]
    Rejected(#[expect(dead_code, reason = "shown by `Debug`")] Rejected),
}

impl From<Rejected> for Classified {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

#[circuit_breaker("by_outcome", failure_threshold = 1)]
fn by_outcome(error: Classified) -> Result<(), Classified> {
    Err(error)
}

#[test]
fn what_a_failure_is() {
    for _ in 0..3 {
        assert!(classified(Some(Error::NotFound)).is_err());
    }
    let rejected = breaker::Breaker::named("another", breaker::BreakerSettings::DEFAULT).unwrap();
    rejected.force_open();
    let rejected = rejected.enter().unwrap_err();
    assert!(classified(Some(Error::Rejected(rejected))).is_err());
    assert_eq!(
        state("classified"),
        State::Closed,
        "ignored, and not recorded"
    );
    assert_eq!(result("classified", CallResult::Ignored), 3);
    assert_eq!(result("classified", CallResult::Success), 1);
    assert!(classified(Some(Error::Broken)).is_err());
    assert_eq!(state("classified"), State::Open);

    assert!(by_outcome(Classified::Declined).is_err());
    assert!(by_outcome(Classified::Unknown).is_err());
    assert_eq!(state("by_outcome"), State::Closed);
    assert!(by_outcome(Classified::Busy).is_err());
    assert_eq!(state("by_outcome"), State::Open);
}

#[trace_request("judged", ok_if = |value: &Result<u32, Error>| !matches!(value, Ok(500..)))]
#[circuit_breaker("judged", failure_threshold = 1)]
fn judged(status: u32) -> Result<u32, Error> {
    Ok(status)
}

#[test]
fn a_value_that_the_operation_calls_an_error_is_a_failure() {
    assert_eq!(judged(200), Ok(200));
    assert_eq!(judged(503), Ok(503));
    assert_rejected(judged(200), "judged", Reason::CircuitOpen);
}

#[circuit_breaker("panicking", failure_threshold = 1)]
fn panicking() -> Result<(), Error> {
    panic!("broken");
}

#[test]
fn a_panic_opens_it() {
    assert!(std::panic::catch_unwind(panicking).is_err());
    assert_rejected(panicking(), "panicking", Reason::CircuitOpen);
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the parameters are those of the function"
)]
fn cached(name: String, ids: &[u64], error: Error) -> Result<String, Error> {
    match error {
        Error::Rejected(rejected) => Ok(format!("{name} {ids:?} {}", rejected.name())),
        error => Ok(format!("{name} {ids:?} {error}")),
    }
}

#[trace_request("fallback")]
#[circuit_breaker(
    "fallback",
    failure_threshold = 1,
    fallback = cached,
    ignore = |error| *error == Error::NotFound,
)]
fn with_fallback(name: String, ids: &[u64]) -> Result<String, Error> {
    match name.as_str() {
        "" => Err(Error::NotFound),
        "broken" => Err(Error::Broken),
        _ => Ok(name),
    }
}

#[test]
fn a_fallback_gets_the_arguments_and_the_error() {
    let capture = capture();
    assert_eq!(with_fallback("a".to_owned(), &[]), Ok("a".to_owned()));
    assert_eq!(with_fallback(String::new(), &[]), Err(Error::NotFound));
    let failed = with_fallback("broken".to_owned(), &[1, 2]);
    assert_eq!(failed.unwrap(), "broken [1, 2] Broken");
    let rejected = with_fallback("a".to_owned(), &[3]);
    assert_eq!(rejected.unwrap(), "a [3] fallback");
    assert_calls(
        &capture,
        "fallback",
        &[(CallOutcome::Error, 2), (CallOutcome::Rejected, 1)],
    );
}

struct Client {
    name: String,
}

impl Client {
    async fn stale(&self, id: u64, error: Error) -> Result<String, Error> {
        match error {
            Error::Rejected(rejected) => {
                Ok(format!("{} {id} {}", self.name, rejected.reason().as_str()))
            }
            error => Err(error),
        }
    }

    #[circuit_breaker("stale", failure_threshold = 1, timeout = "10ms", fallback = Self::stale)]
    async fn fetch(&self, id: u64) -> Result<String, Error> {
        tokio::time::sleep(Duration::from_secs(id)).await;
        Ok(self.name.clone())
    }
}

#[tokio::test(start_paused = true)]
async fn a_fallback_of_an_async_method_is_awaited() {
    let client = Client {
        name: "ada".to_owned(),
    };
    assert_eq!(client.fetch(0).await.unwrap(), "ada");
    assert_eq!(client.fetch(7).await.unwrap(), "ada 7 timed_out");
    assert_eq!(client.fetch(8).await.unwrap(), "ada 8 circuit_open");
}

#[circuit_breaker("hosts", failure_threshold = 1, key = host, max_keys = 2)]
fn ask(host: &str, fails: bool) -> Result<(), Error> {
    if fails && !host.is_empty() {
        Err(Error::Broken)
    } else {
        Ok(())
    }
}

#[test]
fn each_key_has_its_own_breaker() {
    assert!(ask("eu", true).is_err());
    assert_rejected(ask("eu", false), "hosts:eu", Reason::CircuitOpen);
    assert_eq!(ask("us", false), Ok(()));
}

#[circuit_breaker("shared", failure_threshold = 1)]
fn first() -> Result<(), Error> {
    Err(Error::Broken)
}

#[circuit_breaker("shared", failure_threshold = 1)]
fn second() -> Result<(), Error> {
    Ok(())
}

#[test]
fn functions_with_the_same_name_share_a_breaker() {
    assert_eq!(second(), Ok(()));
    assert!(first().is_err());
    assert_rejected(second(), "shared", Reason::CircuitOpen);
}

mod renamed {
    use super::{Error, trace_request};
    use obs_runtime::circuit_breaker as guard;

    #[guard("renamed", failure_threshold = 1)]
    #[trace_request("renamed")]
    pub(super) fn above(fails: bool) -> Result<(), Error> {
        if fails { Err(Error::Broken) } else { Ok(()) }
    }

    #[trace_request("renamed_below")]
    #[guard("renamed_below", failure_threshold = 1)]
    pub(super) async fn below(fails: bool) -> Result<(), Error> {
        if fails { Err(Error::Broken) } else { Ok(()) }
    }
}

#[tokio::test]
async fn under_another_name_it_lets_through_and_rejects_the_same() {
    assert_eq!(renamed::above(false), Ok(()));
    assert!(renamed::above(true).is_err());
    assert_rejected(renamed::above(false), "renamed", Reason::CircuitOpen);
    assert_eq!(renamed::below(false).await, Ok(()));
    assert!(renamed::below(true).await.is_err());
    assert_rejected(
        renamed::below(false).await,
        "renamed_below",
        Reason::CircuitOpen,
    );
}
