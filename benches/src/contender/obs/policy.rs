//! Whole policies.

use obs_runtime::policy::{CallKind, Retry, RetrySettings};
use obs_runtime::{bulkhead, circuit_breaker, monitor_performance, rate_limit, retry};

use super::service::Service;
use crate::body::{Failed, bare_calls, body, each};
use crate::case::{Case, Finish, equal};
use crate::contender::Entry;
use crate::paired::Paired;

pub(super) const WELL: Entry = Entry {
    contender: "obs",
    scenario: "policy",
    how: "#[retry], #[circuit_breaker], #[rate_limit], #[bulkhead] on a function with #[monitor_performance], over that alone",
    set_up: || well("whole", behind, |inputs| each(inputs, measured)),
};

pub(super) const WELL_ALONE: Entry = Entry {
    contender: "obs-alone",
    scenario: "policy",
    how: "#[retry], #[circuit_breaker], #[rate_limit], #[bulkhead]",
    set_up: || well("whole-alone", behind_alone, bare_calls),
};

#[inline(never)]
#[monitor_performance("policy_alone", buckets = [60.0])]
fn measured(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[monitor_performance("policy_behind", buckets = [60.0])]
#[retry("whole", idempotent, retry_if = |_| true)]
#[circuit_breaker("whole", window = count(100))]
#[rate_limit("whole", calls = 1_000_000, burst = 4_000_000_000)]
#[bulkhead("whole", concurrent = 10)]
fn behind(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[retry("whole-alone", idempotent, retry_if = |_| true)]
#[circuit_breaker("whole-alone", window = count(100))]
#[rate_limit("whole-alone", calls = 1_000_000, burst = 4_000_000_000)]
#[bulkhead("whole-alone", concurrent = 10)]
fn behind_alone(input: u64) -> Result<u64, Failed> {
    body(input)
}

/// Calls of a function behind the policies of this name, which all go well.
fn well(
    name: &'static str,
    guarded: fn(u64) -> Result<u64, Failed>,
    base: fn(&[u64]),
) -> Box<dyn Case> {
    let service = Service::start(1.0);
    Paired::new(
        move |inputs| each(inputs, guarded),
        move |given| {
            drop(service);
            counted(name, given.with)
        },
    )
    .base(base)
    .boxed()
}

fn counted(name: &str, expected: u64) -> Result<Finish, String> {
    let retry = Retry::named(name, RetrySettings::DEFAULT).map_err(|error| error.to_string())?;
    let calls = retry.calls();
    let well = calls
        .iter()
        .find(|(kind, _)| *kind == CallKind::SuccessfulWithoutRetry);
    equal(name, expected, well.map_or(0, |(_, count)| *count))
}
