//! Retries of operations that judge their values by `ok_if` or `error_if`.

use std::cell::Cell;

use obs_runtime::testing::{Capture, capture};
use obs_runtime::{CallOutcome, retry, trace_request};

use crate::Error;

fn ended(capture: &Capture, name: &str, result: &str) -> f64 {
    capture.counter(
        "retry_attempts_total",
        &[("name", name), ("result", result)],
    )
}

#[trace_request("judged.ok", ok_if = |value| matches!(value, Ok(_) | Err(Error::Busy)))]
#[retry("judged.ok", idempotent, delay = "1ms")]
fn busy_is_fine(asked: &Cell<u32>, error: Error) -> Result<u32, Error> {
    asked.set(asked.get() + 1);
    Err(error)
}

#[test]
fn what_the_operation_calls_ok_is_not_made_again() {
    let (capture, asked) = (capture(), Cell::new(0));
    assert_eq!(busy_is_fine(&asked, Error::Busy), Err(Error::Busy));
    assert_eq!(asked.get(), 1);
    assert_eq!(capture.calls("judged.ok", CallOutcome::Ok), 1);
    assert_eq!(ended(&capture, "judged.ok", "success"), 1.0);
}

#[trace_request("judged.error", error_if = |value| *value != Ok(7))]
#[retry("judged.error", idempotent, delay = "1ms")]
fn only_seven_will_do(asked: &Cell<u32>, value: Result<u32, Error>) -> Result<u32, Error> {
    asked.set(asked.get() + 1);
    value
}

#[test]
fn an_error_without_an_error_value_is_not_made_again_and_others_as_they_say() {
    for (value, times, result) in [
        (Ok(7), 1, "success"),
        (Ok(8), 1, "not_retryable"),
        (Err(Error::Unknown), 1, "not_retryable"),
        (Err(Error::Busy), 3, "exhausted"),
    ] {
        let (capture, asked) = (capture(), Cell::new(0));
        assert_eq!(only_seven_will_do(&asked, value.clone()), value);
        assert_eq!(asked.get(), times, "{value:?}");
        assert_eq!(ended(&capture, "judged.error", result), 1.0, "{value:?}");
        let errors = u64::from(value != Ok(7));
        assert_eq!(capture.calls("judged.error", CallOutcome::Error), errors);
    }
}

#[trace_request("judged.by_hand", ok_if = Result::is_ok)]
#[retry("judged.by_hand", idempotent, delay = "1ms", retry_if = |error| *error == Error::Broken)]
fn by_hand(asked: &Cell<u32>, error: Error) -> Result<u32, Error> {
    asked.set(asked.get() + 1);
    Err(error)
}

#[test]
fn retry_if_decides_about_what_the_operation_calls_an_error() {
    for (error, times) in [(Error::Broken, 3), (Error::Busy, 1)] {
        let asked = Cell::new(0);
        assert_eq!(by_hand(&asked, error.clone()), Err(error));
        assert_eq!(asked.get(), times);
    }
}
