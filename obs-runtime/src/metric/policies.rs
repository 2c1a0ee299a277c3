//! The metrics of retries and of limits of rate, concurrency and time.

use obs_schema::def::{MetricDef, MetricKind};

use super::breakers::{Unnamed, named};
use super::own::family;
use super::snapshot::{Family, Value};
use crate::policy::registry::Policy;
use crate::policy::{Bulkhead, RateLimit, Retry, TimeLimit};

pub(super) static BULKHEAD_AVAILABLE: MetricDef = MetricDef::new(
    "bulkhead_available_concurrent_calls",
    "How many more calls could run in bulkheads.",
    MetricKind::Gauge,
);

pub(super) static BULKHEAD_CALLS: MetricDef = MetricDef::new(
    "bulkhead_calls_total",
    "Calls that came to bulkheads, by what they were told.",
    MetricKind::Counter,
);

pub(super) static BULKHEAD_MOST: MetricDef = MetricDef::new(
    "bulkhead_max_allowed_concurrent_calls",
    "How many calls may run in bulkheads.",
    MetricKind::Gauge,
);

pub(super) static BULKHEAD_WAITING: MetricDef = MetricDef::new(
    "bulkhead_waiting_calls",
    "Calls that wait for their turn in bulkheads.",
    MetricKind::Gauge,
);

pub(super) static RATE_LIMITER_AVAILABLE: MetricDef = MetricDef::new(
    "rate_limiter_available_permissions",
    "How many calls could begin now.",
    MetricKind::Gauge,
);

pub(super) static RATE_LIMITER_CALLS: MetricDef = MetricDef::new(
    "rate_limiter_calls_total",
    "Calls that came to limits of rate, by what they were told.",
    MetricKind::Counter,
);

pub(super) static RATE_LIMITER_WAITING: MetricDef = MetricDef::new(
    "rate_limiter_waiting_calls",
    "Calls that wait for their turn.",
    MetricKind::Gauge,
);

pub(super) static RETRY_ATTEMPTS: MetricDef = MetricDef::new(
    "retry_attempts_total",
    "Attempts of calls that are retried, by what became of them.",
    MetricKind::Counter,
);

pub(super) static RETRY_BUDGET: MetricDef = MetricDef::new(
    "retry_budget_remaining",
    "How many retries there may be until another call has allowed some.",
    MetricKind::Gauge,
);

pub(super) static RETRY_CALLS: MetricDef = MetricDef::new(
    "retry_calls_total",
    "Calls that are retried, by how they ended.",
    MetricKind::Counter,
);

pub(super) static TIME_LIMITER_CALLS: MetricDef = MetricDef::new(
    "time_limiter_calls_total",
    "Calls with a limit of time, by how they ended.",
    MetricKind::Counter,
);

/// A family, and what a policy has in it.
type Shown<'a, P> = (&'static MetricDef, &'a dyn Fn(&P) -> Unnamed);

/// The families of the policies that the program has.
pub(super) fn families() -> Vec<Family> {
    let mut all = of_each::<Bulkhead>(&[
        (&BULKHEAD_AVAILABLE, &|bulkhead| {
            let most = bulkhead.settings().concurrent;
            gauge(most.saturating_sub(bulkhead.running()))
        }),
        (&BULKHEAD_CALLS, &|bulkhead| {
            let told = bulkhead.admissions().into_iter();
            counters("result", told.map(|(told, n)| (told.as_str(), n)))
        }),
        (&BULKHEAD_MOST, &|bulkhead| {
            gauge(bulkhead.settings().concurrent)
        }),
        (&BULKHEAD_WAITING, &|bulkhead| gauge(bulkhead.waiting())),
    ]);
    all.extend(of_each::<RateLimit>(&[
        (&RATE_LIMITER_AVAILABLE, &|limit| {
            gauge(limit.available() as f64)
        }),
        (&RATE_LIMITER_CALLS, &|limit| {
            let told = limit.admissions().into_iter();
            counters("result", told.map(|(told, n)| (told.as_str(), n)))
        }),
        (
            &RATE_LIMITER_WAITING,
            &|limit| gauge(limit.waiting() as f64),
        ),
    ]));
    all.extend(of_each::<Retry>(&[
        (&RETRY_ATTEMPTS, &|retry| {
            let attempts = retry.attempts().into_iter();
            counters("result", attempts.map(|(one, n)| (one.as_str(), n)))
        }),
        (&RETRY_BUDGET, &|retry| gauge(retry.budget())),
        (&RETRY_CALLS, &|retry| {
            let calls = retry.calls().into_iter();
            counters("kind", calls.map(|(one, n)| (one.as_str(), n)))
        }),
    ]));
    all.extend(of_each::<TimeLimit>(&[(&TIME_LIMITER_CALLS, &|limit| {
        let calls = limit.calls().into_iter();
        counters("result", calls.map(|(one, n)| (one.as_str(), n)))
    })]));
    all
}

fn of_each<P: Policy>(shown: &[Shown<'_, P>]) -> Vec<Family> {
    let policies = P::registry().all();
    if policies.is_empty() {
        return Vec::new();
    }
    let family_of = |(def, series): &Shown<'_, P>| {
        let series = policies
            .iter()
            .flat_map(|(name, policy)| named(name, series(policy)));
        family(def, series.collect())
    };
    shown.iter().map(family_of).collect()
}

fn gauge(value: impl Into<f64>) -> Unnamed {
    vec![(Vec::new(), Value::Gauge(value.into()))]
}

fn counters(label: &'static str, counts: impl Iterator<Item = (&'static str, u64)>) -> Unnamed {
    counts
        .map(|(value, count)| {
            let labels = vec![(label.into(), value.into())];
            (labels, Value::Counter(count))
        })
        .collect()
}
