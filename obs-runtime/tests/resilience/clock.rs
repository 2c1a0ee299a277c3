//! Waits on a clock that stands still.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use obs_runtime::policy::{Bulkhead, BulkheadSettings, Reason, Retry, RetrySettings};
use obs_runtime::testing::{capture, virtual_clock};
use obs_runtime::{rate_limit, retry, timeout, trace_request};

use crate::{Error, reason};

const SOON: Duration = Duration::from_secs(5);

fn duration(capture: &obs_runtime::testing::Capture, operation: &str) -> f64 {
    let labels = [("operation", operation)];
    capture.observed("operation_duration_seconds", &labels).sum
}

#[trace_request("clock.retried")]
#[retry(
    "clock.retried",
    idempotent,
    attempts = 3,
    delay = "10m",
    jitter = 0.0,
    backoff = 2.0,
    max_delay = "1h"
)]
fn retried() -> Result<(), Error> {
    Err(Error::Busy)
}

#[test]
fn the_time_between_attempts_passes_at_once() {
    let (capture, _clock, begun) = (capture(), virtual_clock(), Instant::now());
    assert_eq!(retried(), Err(Error::Busy));
    assert!(begun.elapsed() < SOON);
    assert_eq!(duration(&capture, "clock.retried"), 1_800.0);
}

#[trace_request("clock.limited")]
#[rate_limit("clock.limited", calls = 1, per = "1h", wait = "2h")]
fn limited() -> Result<(), Error> {
    Ok(())
}

#[test]
fn so_does_the_time_before_the_turn_of_a_call() {
    let (capture, _clock, begun) = (capture(), virtual_clock(), Instant::now());
    for _ in 0..3 {
        limited().unwrap();
    }
    assert!(begun.elapsed() < SOON);
    let waited = duration(&capture, "clock.limited");
    assert!((waited - 7_200.0).abs() < 0.001, "{waited}");
}

fn bulkhead(name: &str, wait: Duration) -> std::sync::Arc<Bulkhead> {
    let settings = BulkheadSettings {
        concurrent: 1,
        queue: 1,
        wait,
    };
    Bulkhead::named(name, settings).unwrap()
}

/// The others are on time of their own, and one of them may leave.
#[test]
fn a_place_is_really_waited_for() {
    let bulkhead = bulkhead("clock.places", Duration::from_secs(60));
    let (taken, is_taken) = channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            let slot = bulkhead.enter().unwrap();
            taken.send(()).unwrap();
            while bulkhead.waiting() == 0 {
                thread::yield_now();
            }
            drop(slot);
        });
        is_taken.recv().unwrap();
        let _clock = virtual_clock();
        drop(bulkhead.enter().unwrap());
    });
}

#[test]
fn who_waits_in_vain_has_waited_on_the_stopped_clock_too() {
    let capture = capture();
    let _clock = virtual_clock();
    let bulkhead = bulkhead("clock.in_vain", Duration::from_millis(30));
    let _slot = bulkhead.enter().unwrap();
    {
        let _span = obs_runtime::trace::span("waits").enter();
        assert_eq!(bulkhead.enter().unwrap_err().reason(), Reason::BulkheadFull);
    }
    assert_eq!(capture.span("waits").duration_ns, 30_000_000);
}

#[trace_request("clock.async")]
#[retry(
    "clock.async",
    idempotent,
    attempts = 3,
    delay = "1h",
    jitter = 0.0,
    backoff = 1.0,
    max_delay = "1h"
)]
#[rate_limit("clock.async", calls = 1, per = "1h", wait = "3h")]
async fn asynchronous() -> Result<(), Error> {
    Err(Error::Busy)
}

#[trace_request("clock.late")]
#[timeout("90m")]
async fn late() -> Result<(), Error> {
    tokio::time::sleep(Duration::from_hours(24)).await;
    Ok(())
}

/// The clock of tokio says how long it waits, and that of this thread's telemetry follows it.
#[tokio::test(start_paused = true)]
async fn beside_the_paused_clock_of_tokio_both_move_on() {
    let (capture, _clock) = (capture(), virtual_clock());
    let begun = tokio::time::Instant::now();
    let (first, second) = tokio::join!(asynchronous(), late());
    assert_eq!(first, Err(Error::Busy));
    assert_eq!(reason(second), Reason::TimedOut);
    // Two hours between the attempts, each of which finds that it is its turn.
    assert_eq!(begun.elapsed().as_secs() / 60, 120);
    assert_eq!(duration(&capture, "clock.async"), 7_200.0);
    assert_eq!(duration(&capture, "clock.late"), 5_400.0);
}

#[test]
fn no_time_is_too_long_to_wait() {
    let _clock = virtual_clock();
    let settings = RetrySettings {
        attempts: 2,
        delay: Duration::MAX,
        max_delay: Duration::MAX,
        jitter: 0.0,
        ..RetrySettings::DEFAULT
    };
    let retry = Retry::named("clock.for_ever", settings).unwrap();
    let mut attempts = 0;
    let value = retry.call(|| {
        attempts += 1;
        Err::<(), _>(Error::Busy)
    });
    assert_eq!((value, attempts), (Err(Error::Busy), 2));
}
