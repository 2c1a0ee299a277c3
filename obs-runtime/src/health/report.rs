//! What came out, for endpoints and for programs.

use std::time::{Duration, Instant};

use obs_schema::health::HealthKind;

use super::aggregate::Overall;
use super::registry::Registry;
use super::slot::Slot;
use super::status::{Health, Status};
use super::verdict::Verdict;

/// A check with its last result.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Its name.
    pub name: String,
    /// The probe that it decides.
    pub kind: HealthKind,
    /// Whether it decides it; otherwise it is a warning.
    pub critical: bool,
    /// The groups that it is in besides that of its kind.
    pub groups: Vec<String>,
    /// Its status after the thresholds and [signals](super::Signal); `None` before the first result.
    pub status: Option<Status>,
    /// The last result, whatever the thresholds made of it.
    pub health: Option<Health>,
    /// How long ago that was.
    pub age: Option<Duration>,
    /// How long the run took.
    pub took: Option<Duration>,
    /// The last failure and how long ago it was.
    pub last_error: Option<(String, Duration)>,
    /// What a [`Signal`](super::Signal) says.
    pub signal: Option<Health>,
    /// Runs in a row that failed.
    pub failures: u32,
    /// Runs altogether.
    pub runs: u64,
    /// For how long a run is under way.
    pub running: Option<Duration>,
    /// The time from one run to the next.
    pub interval: Duration,
    /// After how long an attempt has failed.
    pub timeout: Duration,
}

/// Every check with its last result, by name. Nothing is run for it.
#[must_use]
pub fn reports() -> Vec<Report> {
    all(Registry::global())
}

/// How the service is as a whole: `unhealthy` before the start and from the shutdown on, in between the worst
/// of its checks.
#[must_use]
pub fn overall() -> Overall {
    Verdict::whole().overall
}

pub(super) fn all(registry: &Registry) -> Vec<Report> {
    let now = Instant::now();
    registry
        .slots()
        .iter()
        .map(|slot| Report::of(slot, now))
        .collect()
}

impl Report {
    fn of(slot: &Slot, now: Instant) -> Self {
        let since = |then: Instant| now.saturating_duration_since(then);
        let signal = slot.feed.said();
        let state = slot.lock();
        let tracker = &state.tracker;
        let last = tracker.last.as_ref();
        let said = signal.as_ref().map(Health::status);
        Self {
            name: slot.name.clone(),
            kind: slot.settings.kind,
            critical: slot.settings.critical,
            groups: slot.groups.clone(),
            status: tracker.status().max(said),
            health: last.map(|run| run.health.clone()),
            age: last.map(|run| since(run.ended)),
            took: last.map(|run| run.took),
            last_error: tracker
                .last_error
                .as_ref()
                .map(|(at, message)| (message.clone(), since(*at))),
            signal,
            failures: tracker.failures(),
            runs: tracker.runs,
            running: state.running.as_ref().map(|running| since(running.since)),
            interval: state.timing.interval,
            timeout: state.timing.timeout,
        }
    }

    /// What it gives to the whole.
    pub(crate) fn overall(&self) -> Overall {
        Overall::of_check(self.status, self.critical)
    }
}
