//! Circuit breakers.

use obs_runtime::breaker::{self, CallResult, State};
use obs_runtime::{Rejected, circuit_breaker, monitor_performance};

use super::service::Service;
use crate::body::{Failed, bare_calls, bare_failing, body, each, failing_body};
use crate::case::{Case, Finish, equal};
use crate::contender::Entry;
use crate::paired::Paired;

pub(super) const CLOSED: Entry = Entry {
    contender: "obs",
    scenario: "breaker",
    how: "#[circuit_breaker(window = count(100))] on a function with #[monitor_performance], over that alone",
    set_up: || closed("closed", behind, |inputs| each(inputs, measured)),
};

pub(super) const CLOSED_ALONE: Entry = Entry {
    contender: "obs-alone",
    scenario: "breaker",
    how: "#[circuit_breaker(window = count(100))]",
    set_up: || closed("alone", behind_alone, bare_calls),
};

pub(super) const CLOSED_TIME: Entry = Entry {
    contender: "obs-time",
    scenario: "breaker",
    how: "#[circuit_breaker(window = time(\"60s\"))]",
    set_up: || closed("time", behind_time, bare_calls),
};

pub(super) const FAILING: Entry = Entry {
    contender: "obs",
    scenario: "breaker-failing",
    how: "#[circuit_breaker(window = count(100))]",
    set_up: failing,
};

pub(super) const OPEN: Entry = Entry {
    contender: "obs",
    scenario: "breaker-open",
    how: "#[circuit_breaker] on a function with #[monitor_performance], over that alone",
    set_up: || open("open", behind_open, |inputs| each(inputs, measured)),
};

pub(super) const OPEN_ALONE: Entry = Entry {
    contender: "obs-alone",
    scenario: "breaker-open",
    how: "#[circuit_breaker]",
    set_up: || open("open_alone", behind_open_alone, bare_calls),
};

impl From<Rejected> for Failed {
    fn from(_: Rejected) -> Self {
        Self
    }
}

#[inline(never)]
#[monitor_performance("measured_alone", buckets = [60.0])]
fn measured(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[monitor_performance("measured_behind", buckets = [60.0])]
#[circuit_breaker("closed", window = count(100))]
fn behind(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[circuit_breaker("alone", window = count(100))]
fn behind_alone(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[circuit_breaker("time", window = time("60s"))]
fn behind_time(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[circuit_breaker("failing", window = count(100))]
fn behind_failing(input: u64) -> Result<u64, Failed> {
    failing_body(input)
}

#[inline(never)]
#[monitor_performance("measured_open", buckets = [60.0])]
#[circuit_breaker("open")]
fn behind_open(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[circuit_breaker("open_alone")]
fn behind_open_alone(input: u64) -> Result<u64, Failed> {
    body(input)
}

/// Calls of a function behind the breaker of this name, which all go well.
fn closed(
    name: &'static str,
    guarded: fn(u64) -> Result<u64, Failed>,
    base: fn(&[u64]),
) -> Box<dyn Case> {
    let service = Service::start(1.0);
    Paired::new(
        move |inputs| each(inputs, guarded),
        move |given| {
            drop(service);
            counted(name, CallResult::Success, given.with)
        },
    )
    .base(base)
    .boxed()
}

fn failing() -> Box<dyn Case> {
    let service = Service::start(1.0);
    Paired::new(
        |inputs| each(inputs, behind_failing),
        move |given| {
            drop(service);
            let state = breaker::find("failing").map_err(|error| error.to_string())?;
            if state.state() != State::Closed {
                return Err("the breaker has opened".to_owned());
            }
            counted("failing", CallResult::Error, given.with / 100)
        },
    )
    .base(|inputs| each(inputs, bare_failing))
    .boxed()
}

fn open(
    name: &'static str,
    rejected: fn(u64) -> Result<u64, Failed>,
    base: fn(&[u64]),
) -> Box<dyn Case> {
    let service = Service::start(1.0);
    let breaker = breaker::find(name).expect("there is such a breaker");
    breaker.force_open();
    Paired::new(
        move |inputs| each(inputs, rejected),
        move |given| {
            drop(service);
            counted(name, CallResult::CircuitOpen, given.with)
        },
    )
    .base(base)
    .boxed()
}

fn counted(name: &str, result: CallResult, expected: u64) -> Result<Finish, String> {
    let status = breaker::find(name).map_err(|error| error.to_string())?;
    let calls = status.status().calls;
    let found = calls.iter().find(|(one, _)| *one == result);
    equal(name, expected, found.map_or(0, |(_, count)| *count))
}
