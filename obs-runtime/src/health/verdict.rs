//! The answers to the probes.

use obs_schema::health::HealthKind;

use super::aggregate::Overall;
use super::phase::Phase;
use super::registry::Registry;
use super::report::{Report, reports};

/// The answer to a probe.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) overall: Overall,
    /// Why, if it is not up to the checks.
    pub(crate) reason: Option<&'static str>,
    /// What it was made of.
    pub(crate) checks: Vec<Report>,
}

impl Verdict {
    /// Whether the process works. A check without a result yet says nothing against it.
    pub(crate) fn live() -> Self {
        let checks = of_kind(HealthKind::Liveness);
        let known = checks.iter().filter(|check| check.status.is_some());
        let overall = Overall::worst(known.map(Report::overall));
        Self::of(overall, None, checks)
    }

    /// Whether it takes requests.
    pub(crate) fn ready() -> Self {
        let phase = Phase::now();
        let starting = Overall::worst(of_kind(HealthKind::Startup).iter().map(Report::overall));
        let reason = phase.not_ready();
        let reason = reason.or((starting == Overall::Unhealthy).then_some(STARTING));
        let checks = of_kind(HealthKind::Readiness);
        Self::of_checks(reason, checks)
    }

    /// Whether it has started.
    pub(crate) fn startup() -> Self {
        Self::of_checks(Phase::now().not_started(), of_kind(HealthKind::Startup))
    }

    /// Everything together.
    pub(crate) fn whole() -> Self {
        Self::of_checks(Phase::now().not_ready(), current())
    }

    /// The checks of a group.
    ///
    /// # Errors
    ///
    /// The groups that there are, if this is none.
    pub(crate) fn group(name: &str) -> Result<Self, Vec<String>> {
        let all = current();
        let kinds = HealthKind::WORDS.iter().map(|&kind| kind.to_owned());
        let mut groups: Vec<String> = all.iter().flat_map(|check| check.groups.clone()).collect();
        groups.sort();
        groups.dedup();
        let known: Vec<String> = kinds.chain(groups).collect();
        if !known.iter().any(|group| group == name) {
            return Err(known);
        }
        let checks = all.into_iter().filter(|check| is_in(check, name)).collect();
        Ok(Self::of_checks(None, checks))
    }

    fn of_checks(reason: Option<&'static str>, checks: Vec<Report>) -> Self {
        let overall = Overall::worst(checks.iter().map(Report::overall));
        Self::of(overall, reason, checks)
    }

    fn of(overall: Overall, reason: Option<&'static str>, checks: Vec<Report>) -> Self {
        let overall = match reason {
            Some(_) => Overall::Unhealthy,
            None => overall,
        };
        let failing = (overall == Overall::Unhealthy).then_some(FAILING);
        Self {
            overall,
            reason: reason.or(failing),
            checks,
        }
    }
}

const STARTING: &str = "the service is still starting";
const FAILING: &str = "a check that is critical has not passed";

/// The checks, as long as they run.
fn current() -> Vec<Report> {
    match Registry::global().started() {
        Some(_) => reports(),
        None => Vec::new(),
    }
}

fn of_kind(kind: HealthKind) -> Vec<Report> {
    let of_kind = |check: &Report| check.kind == kind;
    current().into_iter().filter(of_kind).collect()
}

/// Whether a check is in a group, that of its kind included.
fn is_in(check: &Report, group: &str) -> bool {
    check.kind.as_str() == group || check.groups.iter().any(|own| own == group)
}
