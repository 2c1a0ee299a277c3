//! A counter alone.

use obs_runtime::{Counter, Metrics as DeriveMetrics, counted};

use super::service::{Metrics, Service};
use crate::body::{FAILING, Failed, body, each};
use crate::case::Case;
use crate::contender::Entry;
use crate::paired::Paired;

pub(super) const HANDLE: Entry = Entry {
    contender: "obs",
    scenario: "counter",
    how: "Counter of a #[derive(Metrics)] struct",
    set_up: handle,
};

pub(super) const COUNTED: Entry = Entry {
    contender: "obs-counted",
    scenario: "counter",
    how: "#[counted], which tells outcomes apart",
    set_up: attribute,
};

#[derive(DeriveMetrics)]
struct Work {
    /// Calls.
    work_total: Counter,
}

#[inline(never)]
fn by_handle(input: u64) -> Result<u64, Failed> {
    Work::get().work_total.inc();
    body(input)
}

fn handle() -> Box<dyn Case> {
    let service = Service::start(1.0);
    Paired::new(
        |inputs| each(inputs, by_handle),
        move |given| {
            drop(service);
            Metrics::now().expect("work_total", &[], given.with)
        },
    )
    .boxed()
}

#[inline(never)]
#[counted("by_attribute")]
fn by_attribute(input: u64) -> Result<u64, Failed> {
    body(input)
}

fn attribute() -> Box<dyn Case> {
    let service = Service::start(1.0);
    assert!(by_attribute(FAILING).is_err());
    Paired::new(
        |inputs| each(inputs, by_attribute),
        move |given| {
            drop(service);
            let metrics = Metrics::now();
            let calls = |outcome, count| {
                let labels = [("operation", "by_attribute"), ("outcome", outcome)];
                metrics.expect("operation_calls_total", &labels, count)
            };
            Ok(calls("ok", given.with)?.and(calls("error", 1)?))
        },
    )
    .boxed()
}
