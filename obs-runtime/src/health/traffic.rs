//! The calls that the program makes of a dependency anyway, as the functions around them count them.
//!
//! The counters are those of the metrics, so a call does nothing for it: a check that is due looks at what they gained.

use std::time::{Duration, Instant};

use obs_schema::def::{CallOutcome, OperationFamily};
use obs_schema::value::format_duration;

use super::status::Health;
use crate::hot::block::Totals;
use crate::operation::{self, LiveBlock};

/// From how many calls on they say how the callee is.
const ENOUGH: u64 = 5;

/// Calls that say how the callee is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Calls {
    /// The callee did what it was asked for.
    pub(super) good: u64,
    pub(super) bad: u64,
}

impl Calls {
    /// All calls of a dependency so far.
    pub(super) fn of(dependency: &str) -> Self {
        let mut blocks = Vec::new();
        operation::all(&mut blocks);
        let mut calls = Self::default();
        let mut totals = Totals::default();
        for block in blocks.iter().filter(|block| asks(block, dependency)) {
            block.each(|_, cells| {
                if let Some(cells) = cells {
                    cells.read_into(&mut totals);
                    calls.add(&totals);
                }
            });
        }
        calls
    }

    fn add(&mut self, totals: &Totals) {
        for outcome in CallOutcome::ALL {
            let count = totals.calls(outcome);
            match outcome {
                CallOutcome::Ok => self.good += count,
                CallOutcome::Error | CallOutcome::Panic | CallOutcome::Timeout => self.bad += count,
                // Given up by the caller, or never made.
                CallOutcome::Cancelled | CallOutcome::Rejected => {}
            }
        }
    }

    /// Those that have come after `before`.
    fn since(self, before: Self) -> Self {
        Self {
            good: self.good.saturating_sub(before.good),
            bad: self.bad.saturating_sub(before.bad),
        }
    }

    /// What they say of the callee, if they are enough: all of them went well or failed, or half of them or more failed. Of
    /// a callee that answers some it is not said that it is away: the failures may be about what was asked.
    pub(super) fn judged(self, dependency: &str, within: Duration) -> Option<Health> {
        let Self { good, bad } = self;
        let all = good.saturating_add(bad);
        if all < ENOUGH {
            return None;
        }
        if bad == 0 {
            return Some(Health::healthy());
        }
        let within = format_duration(Duration::from_secs(within.as_secs().max(1)));
        let why = format!("{bad} of {all} calls of `{dependency}` failed in the last {within}");
        match good {
            0 => Some(Health::unhealthy(why)),
            _ => (bad >= good).then(|| Health::degraded(why)),
        }
    }
}

/// The calls of one dependency since somebody looked last.
#[derive(Debug)]
pub(super) struct Traffic {
    dependency: String,
    before: Calls,
    since: Option<Instant>,
}

impl Traffic {
    /// Nobody has looked yet.
    pub(super) fn of(dependency: &str) -> Self {
        Self {
            dependency: dependency.to_owned(),
            before: Calls::default(),
            since: None,
        }
    }

    /// What the calls since the last look say, if they say something, and whether any of them failed.
    pub(super) fn look(&mut self, now: Instant) -> (Option<Health>, bool) {
        let (before, since) = (self.before, self.since);
        self.forget(now);
        let calls = self.before.since(before);
        let within = since.map(|since| now.saturating_duration_since(since));
        let health = calls.judged(&self.dependency, within.unwrap_or_default());
        (health, calls.bad > 0)
    }

    /// Counts from now on.
    pub(super) fn forget(&mut self, now: Instant) {
        self.before = Calls::of(&self.dependency);
        self.since = Some(now);
    }
}

/// Whether the calls of an operation are calls of this dependency.
fn asks(block: &LiveBlock, dependency: &str) -> bool {
    let label = match block.family() {
        OperationFamily::ExternalApi => "api",
        OperationFamily::Database => "db_system_name",
        _ => return false,
    };
    block.constants().contains(&(label, dependency))
}
