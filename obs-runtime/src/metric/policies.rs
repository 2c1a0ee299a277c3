//! The metrics of retries and of limits of rate, concurrency and time.

use obs_schema::def::MetricDef;

use super::breakers::{Unnamed, named};
use super::builtin::{
    BULKHEAD_AVAILABLE, BULKHEAD_CALLS, BULKHEAD_MOST, BULKHEAD_WAITING, RATE_LIMITER_AVAILABLE,
    RATE_LIMITER_CALLS, RATE_LIMITER_WAITING, RETRY_ATTEMPTS, RETRY_BUDGET, RETRY_CALLS,
    TIME_LIMITER_CALLS,
};
use super::own::family;
use super::snapshot::{Family, Value};
use crate::policy::registry::Policy;
use crate::policy::{Bulkhead, RateLimit, Retry, TimeLimit};

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
