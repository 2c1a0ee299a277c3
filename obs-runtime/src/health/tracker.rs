//! What the results of a check come to: the thresholds.

use std::time::{Duration, Instant};

use obs_schema::health::CheckSettings;

use super::status::{Health, Status};

/// The status of a check, from its results so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Tracker {
    status: Option<Status>,
    /// Runs in a row that failed, and that did not.
    failures: u32,
    successes: u32,
    pub(super) last: Option<Run>,
    pub(super) last_error: Option<(Instant, String)>,
    /// How many runs there were.
    pub(super) runs: u64,
}

/// A run that is over.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) health: Health,
    pub(super) ended: Instant,
    pub(super) took: Duration,
}

/// A new status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) from: Option<Status>,
    pub(super) to: Status,
}

impl Tracker {
    /// The status; `None` before the first result.
    pub(super) fn status(&self) -> Option<Status> {
        self.status
    }

    /// Runs in a row that failed.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Takes a result in, and says whether it changed the status.
    pub(super) fn note(&mut self, run: Run, settings: &CheckSettings) -> Option<Change> {
        let found = run.health.status();
        if run.health.is_failure() {
            self.failures = self.failures.saturating_add(1);
            self.successes = 0;
            self.last_error = Some((run.ended, run.health.message().to_owned()));
        } else {
            self.successes = self.successes.saturating_add(1);
            self.failures = 0;
        }
        self.runs += 1;
        self.last = Some(run);
        let from = self.status;
        let to = self.judged(found, settings);
        self.status = Some(to);
        (from != Some(to)).then_some(Change { from, to })
    }

    /// The status after a result, which alone does not outweigh the ones before.
    fn judged(&self, found: Status, settings: &CheckSettings) -> Status {
        match (self.status, found) {
            // There is nothing to outweigh.
            (None, found) => found,
            (Some(before), Status::Unhealthy) => {
                match self.failures >= settings.unhealthy_threshold {
                    true => Status::Unhealthy,
                    false => before,
                }
            }
            (Some(Status::Unhealthy), found) => {
                match self.successes >= settings.healthy_threshold {
                    true => found,
                    false => Status::Unhealthy,
                }
            }
            (Some(_), found) => found,
        }
    }
}
