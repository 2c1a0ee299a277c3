//! Calls by outcome, durations and calls in flight.

use obs_runtime::monitor_performance;

use super::service::{Metrics, Service};
use crate::body::{FAILING, Failed, body, each};
use crate::case::Case;
use crate::contender::Entry;
use crate::paired::Paired;
use crate::threads;

pub(super) const RED: Entry = Entry {
    contender: "obs",
    scenario: "red",
    how: "#[monitor_performance]",
    set_up: red,
};

pub(super) const THREADS: Entry = Entry {
    contender: "obs",
    scenario: "threads",
    how: "as in red",
    set_up: threads,
};

#[inline(never)]
#[monitor_performance("measured")]
pub(super) fn measured(input: u64) -> Result<u64, Failed> {
    body(input)
}

fn red() -> Box<dyn Case> {
    let service = Service::start(1.0);
    assert!(measured(FAILING).is_err());
    Paired::new(
        |inputs| each(inputs, measured),
        move |given| {
            drop(service);
            Metrics::now().expect_calls("measured", given.with, 1)
        },
    )
    .boxed()
}

fn threads() -> Box<dyn Case> {
    let service = Service::start(1.0);
    assert!(measured(FAILING).is_err());
    threads::case(measured, move |calls| {
        drop(service);
        Metrics::now().expect_calls("measured", calls, 1)
    })
}
