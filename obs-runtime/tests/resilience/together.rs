//! What one policy does to another.

use std::cell::Cell;
use std::time::Duration;

use obs_runtime::breaker::{self, State};
use obs_runtime::policy::{Admission, Bulkhead, BulkheadSettings, Reason};
use obs_runtime::testing::{capture, virtual_clock};
use obs_runtime::{CallOutcome, bulkhead, circuit_breaker, rate_limit, retry, trace_request};

use crate::{Error, reason};

#[retry(idempotent, attempts = 10, delay = "1ms")]
#[circuit_breaker("together.opens", failure_threshold = 2)]
fn opens(asked: &Cell<u32>) -> Result<(), Error> {
    asked.set(asked.get() + 1);
    Err(Error::Busy)
}

#[test]
fn a_breaker_that_opens_ends_the_attempts_at_once() {
    let asked = Cell::new(0);
    assert_eq!(reason(opens(&asked)), Reason::CircuitOpen);
    assert_eq!(asked.get(), 2);
    assert_eq!(reason(opens(&asked)), Reason::CircuitOpen);
    assert_eq!(asked.get(), 2);
}

#[trace_request("together.probe")]
#[retry(idempotent, attempts = 2, delay = "1ms")]
#[circuit_breaker(
    "together.probe",
    failure_threshold = 1,
    recovery_timeout = "1s",
    half_open_calls = 1
)]
fn probed(asked: &Cell<u32>) -> Result<u32, Error> {
    asked.set(asked.get() + 1);
    match asked.get() {
        1 => Err(Error::Broken),
        2 => Err(Error::Busy),
        times => Ok(times),
    }
}

/// A probe that fails opens the breaker again, although the attempt after it might go well.
#[test]
fn an_attempt_is_a_probe_like_any_other_call() {
    let (asked, clock) = (Cell::new(0), virtual_clock());
    assert_eq!(probed(&asked), Err(Error::Broken));
    clock.advance(Duration::from_secs(2));
    assert_eq!(reason(probed(&asked)), Reason::CircuitOpen);
    assert_eq!(asked.get(), 2);
    clock.advance(Duration::from_secs(2));
    assert_eq!(probed(&asked), Ok(3));
    assert_eq!(
        breaker::find("together.probe").unwrap().state(),
        State::Closed
    );
}

#[trace_request("together.turn")]
#[retry(idempotent, attempts = 2, delay = "1ms", max_delay = "1s")]
#[rate_limit("together.turn", calls = 1, per = "1h")]
fn far_off(asked: &Cell<u32>) -> Result<(), Error> {
    asked.set(asked.get() + 1);
    Ok(())
}

/// A turn that is further away than any delay may be is not waited for.
#[test]
fn a_turn_that_is_too_far_away_is_a_rejection() {
    let (capture, _clock, asked) = (capture(), virtual_clock(), Cell::new(0));
    far_off(&asked).unwrap();
    assert_eq!(reason(far_off(&asked)), Reason::RateLimited);
    assert_eq!(asked.get(), 1);
    assert_eq!(capture.calls("together.turn", CallOutcome::Rejected), 1);
}

#[circuit_breaker("together.queue", failure_threshold = 1)]
#[bulkhead("together.queue", concurrent = 1, queue = 2, wait = "1s")]
async fn queued(held: &tokio::sync::Semaphore) -> Result<(), Error> {
    let _permit = held.acquire().await;
    Ok(())
}

/// A call is given up in the moment in which it is handed a place: the place goes to the next one.
#[tokio::test(start_paused = true)]
async fn a_place_that_is_handed_to_who_has_gone_goes_on() {
    let held = tokio::sync::Semaphore::new(0);
    let bulkhead = || {
        let settings = BulkheadSettings {
            concurrent: 1,
            queue: 2,
            wait: Duration::from_secs(1),
        };
        Bulkhead::named("together.queue", settings).unwrap()
    };
    let mut first = Box::pin(queued(&held));
    let mut given_up = Box::pin(queued(&held));
    let mut last = Box::pin(queued(&held));
    for call in [&mut first, &mut given_up, &mut last] {
        assert!(futures::poll!(call).is_pending());
    }
    assert_eq!((bulkhead().running(), bulkhead().waiting()), (1, 2));
    // It ends while it runs, and the second one before it notices that it is its turn.
    drop(first);
    assert_eq!((bulkhead().running(), bulkhead().waiting()), (1, 1));
    drop(given_up);
    assert_eq!((bulkhead().running(), bulkhead().waiting()), (1, 0));
    held.add_permits(1);
    assert_eq!(last.await, Ok(()));
    assert_eq!((bulkhead().running(), bulkhead().waiting()), (0, 0));
    let cancelled = bulkhead().admissions()[Admission::Cancelled as usize].1;
    assert_eq!(cancelled, 1);
    let breaker = breaker::find("together.queue").unwrap();
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker("together.keys", key = host, failure_threshold = 1, max_keys = 10)]
fn fetch(host: &str) -> Result<(), Error> {
    match host.is_empty() || host.contains('\n') {
        true => Err(Error::Broken),
        false => Ok(()),
    }
}

/// Keys come from outside: empty, with quotes and newlines, very long, and cut within a character.
#[test]
fn any_text_is_a_key() {
    let capture = capture();
    let long = "ä".repeat(1_000);
    for host in ["", "a\"b\\\n", "eu/west?x=1#y", &long] {
        let _ = fetch(host);
        let again = fetch(host);
        if host.is_empty() || host.contains('\n') {
            assert_eq!(reason(again), Reason::CircuitOpen);
        } else {
            assert_eq!(again, Ok(()));
        }
    }
    let rejected = |key: &str| {
        let name = format!("together.keys:{key}");
        let labels = [("name", name.as_str()), ("result", "circuit_open")];
        capture.counter("circuit_breaker_calls_total", &labels)
    };
    assert_eq!((rejected(""), rejected("a\"b\\\n")), (1.0, 1.0));
    let names: Vec<String> = breaker::all()
        .iter()
        .map(|one| one.name().to_owned())
        .collect();
    let own = names
        .iter()
        .filter(|name| name.starts_with("together.keys:"));
    assert_eq!(own.clone().count(), 4);
    assert!(own.clone().all(|name| name.len() < 300), "{names:?}");
}
