//! `#[retry]`, `#[circuit_breaker]`, `#[rate_limit]`, `#[bulkhead]`, `#[timeout]`: what decides whether the body of a call
//! runs, how often, and for how long.

mod breaker;
mod check;
mod fallback;
mod limits;
mod repeat;
mod retry;

use std::time::Duration;

use obs_schema::resilience::{BulkheadSettings, PolicySettings, RateLimitSettings};

pub use self::breaker::{Breaker, KeyedBy};
pub use self::fallback::{Fallback, Saved};
pub use self::repeat::{Repeated, Repetition};
pub use self::retry::Retry;
use super::kind::{Kind, Part};
use super::{Judgement, Operation, Place};
use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::func::Func;

/// The policies of a function: what decides whether its body runs, and judges how it ended.
pub struct Guard {
    /// Where the runtime is.
    pub krate: CratePath,
    /// What runs it again.
    pub retry: Option<Retry>,
    /// The circuit breaker.
    pub breaker: Option<Breaker>,
    /// The limit of rate.
    pub rate_limit: Option<Named<RateLimitSettings>>,
    /// The limit of concurrency.
    pub bulkhead: Option<Named<BulkheadSettings>>,
    /// The limit of time, unless it is that of the breaker.
    pub timeout: Option<Named<Duration>>,
    /// How the returned value is judged, by the operation around.
    pub judgement: Judgement,
}

/// What a policy is called.
pub enum Name {
    /// As somebody says, who may say so in several places.
    Given(String),
    /// As its function, where there may be another one of that name.
    OfFunction(String),
}

/// A policy with its settings, which have been checked.
pub struct Named<S> {
    /// Its name.
    pub name: Name,
    /// How it is set up.
    pub settings: S,
}

impl Guard {
    /// Whether a call can end without a value of the body.
    #[must_use]
    pub fn may_reject(&self) -> bool {
        self.breaker.is_some()
            || self.rate_limit.is_some()
            || self.bulkhead.is_some()
            || self.timeout.is_some()
    }

    /// The limit of time of the breaker.
    #[must_use]
    pub fn breaker_timeout(&self) -> Option<Duration> {
        self.breaker.as_ref()?.settings.timeout
    }

    fn settings(&self) -> PolicySettings {
        PolicySettings {
            retry: self.retry.as_ref().map(|retry| retry.settings),
            breaker: self.breaker.as_ref().map(|breaker| breaker.settings),
            rate_limit: self.rate_limit.as_ref().map(|limit| limit.settings),
            bulkhead: self.bulkhead.as_ref().map(|bulkhead| bulkhead.settings),
            timeout: self.timeout.as_ref().map(|limit| limit.settings),
        }
    }
}

/// Resolves the attributes that form a policy, if there are any among `parts`. `operation` is what those around make of
/// the function, and `repetition` what they know of calls that are carried out twice.
pub fn model(
    func: &Func,
    parts: &[Part],
    repetition: &Repetition,
    operation: Option<&Operation>,
    place: &Place,
    krate: Option<&CratePath>,
    diag: &mut Diag,
) -> Option<Guard> {
    let policies = || parts.iter().filter(|part| part.kind.is_policy());
    let first = policies().next()?;
    check::returned(func, first, diag);
    policies().for_each(|part| check::stoppable(func, part, diag));
    let part = |kind| policies().find(|part| part.kind == kind);
    let krate = krate.or(operation.map(|operation| &operation.krate));
    let mut guard = Guard {
        krate: krate.cloned().unwrap_or_default(),
        retry: part(Kind::Retry).map(|part| retry::model(func, part, repetition, place, diag)),
        breaker: part(Kind::CircuitBreaker)
            .and_then(|part| breaker::model(func, part, place, diag)),
        rate_limit: part(Kind::RateLimit).and_then(|part| limits::rate(part, diag)),
        bulkhead: part(Kind::Bulkhead).and_then(|part| limits::bulkhead(part, diag)),
        timeout: part(Kind::Timeout).and_then(|part| limits::timeout(func, part, place)),
        judgement: operation.map_or(Judgement::ByType, |operation| operation.judgement.clone()),
    };
    let longest = guard.settings().longest_attempt();
    if let (Some(breaker), Some(part)) = (&mut guard.breaker, part(Kind::CircuitBreaker)) {
        breaker.outlast(part, longest);
    }
    together(&guard, parts, diag);
    Some(guard)
}

/// Reports what the policies cannot do together.
fn together(guard: &Guard, parts: &[Part], diag: &mut Diag) {
    // What was written with a mistake has been reported; the rest would be judged beside a default.
    if !diag.is_empty() {
        return;
    }
    for issue in guard.settings().check() {
        let kind = match &*issue.path {
            "timeout" => Kind::Timeout,
            "deadline" => Kind::Retry,
            _ => Kind::CircuitBreaker,
        };
        if let Some(part) = parts.iter().find(|part| part.kind == kind) {
            let given = part.options.get(&issue.path);
            diag.issue(given.map_or(part.span, |given| given.key), &issue);
        }
    }
}

/// Reports every issue of the settings of a part where it was typed. What was written with a mistake has been reported
/// before; then the rest is not judged beside a default.
fn report(part: &Part, issues: Vec<obs_schema::Issue>, diag: &mut Diag) {
    if diag.is_empty() {
        for issue in issues {
            let given = part.options.get(&issue.path);
            diag.issue(given.map_or(part.span, |given| given.key), &issue);
        }
    }
}
