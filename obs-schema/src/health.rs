//! What a health check is, as a constant, and the rules for it.
//!
//! `#[health_check]` writes a [`HealthCheckDef`], the builder of the runtime makes the same settings while
//! the program runs, and both ask [`CheckSettings::findings`].

use core::time::Duration;

use crate::choice::choice;
use crate::def::Source;
use crate::issue::{Finding, Findings, Issue};
use crate::monitoring::Health;
use crate::text::Message;
use crate::value::push_duration;

choice! {
    /// Which question of the orchestrator a check answers.
    pub enum HealthKind {
        /// Does the process still work? Where the answer is no, it is restarted.
        Liveness = "liveness",
        /// Can it take requests now? Where the answer is no, it gets none.
        Readiness = "readiness",
        /// Has it finished starting? Asked until the answer is yes for the first time.
        Startup = "startup",
    }
}

/// How a check is run and what its result decides.
///
/// ```
/// use core::time::Duration;
/// use obs_schema::health::CheckSettings;
/// const SLOW: CheckSettings = CheckSettings {
///     timeout: Some(Duration::from_secs(5)),
///     retries: 2,
///     interval: Some(Duration::from_secs(10)),
///     ..CheckSettings::DEFAULT
/// };
/// assert_eq!(SLOW.check()[0].to_string(),
///     "3 attempts with `timeout` 5s take 15s, which is not below `interval` 10s; \
///      write `interval = \"16s\"` or more, or shorten `timeout`");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckSettings {
    /// Which probe it decides.
    pub kind: HealthKind,
    /// Whether a failure turns that probe off; otherwise it is a warning.
    pub critical: bool,
    /// After how long an attempt has failed; `None` for that of the configuration.
    pub timeout: Option<Duration>,
    /// The time from one run to the next; `None` for that of the configuration.
    pub interval: Option<Duration>,
    /// How long the first run waits after the start.
    pub initial_delay: Duration,
    /// Attempts after the first one within one run, before the run has failed.
    pub retries: u32,
    /// How many runs in a row must fail before a healthy check is unhealthy.
    pub unhealthy_threshold: u32,
    /// How many runs in a row must succeed before an unhealthy check is healthy.
    pub healthy_threshold: u32,
}

/// When a check runs, with the defaults of the configuration put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckTiming {
    /// After how long an attempt has failed.
    pub timeout: Duration,
    /// The time from one run to the next.
    pub interval: Duration,
}

/// A function with `#[health_check]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthCheckDef {
    /// The name of the check: the label `check`.
    pub name: &'static str,
    /// The group that it is in besides that of its kind, or empty.
    pub group: &'static str,
    /// The API or database system whose calls say how it is; empty for that with its own name.
    pub traffic: &'static str,
    /// How it is run.
    pub settings: CheckSettings,
    /// Where the function stands.
    pub source: Source,
}

impl CheckSettings {
    /// The shortest interval: a check is not a load test.
    pub const MIN_INTERVAL: Duration = Duration::from_millis(100);
    /// The shortest time limit.
    pub const MIN_TIMEOUT: Duration = Duration::from_millis(1);
    /// The longest interval, time limit and delay.
    pub const MAX_TIME: Duration = Duration::from_secs(86_400);
    /// The most attempts after the first one.
    pub const MAX_RETRIES: u32 = 10;
    /// The largest threshold.
    pub const MAX_THRESHOLD: u32 = 100;

    /// A critical check of readiness, one attempt, one result decides.
    pub const DEFAULT: Self = Self {
        kind: HealthKind::Readiness,
        critical: true,
        timeout: None,
        interval: None,
        initial_delay: Duration::ZERO,
        retries: 0,
        unhealthy_threshold: 1,
        healthy_threshold: 1,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(range("timeout", self.timeout, Self::MIN_TIMEOUT))
            .and(range("interval", self.interval, Self::MIN_INTERVAL))
            .and(range(
                "initial_delay",
                Some(self.initial_delay),
                Duration::ZERO,
            ))
            .and(count("retries", self.retries, 0, Self::MAX_RETRIES))
            .and(threshold("unhealthy_threshold", self.unhealthy_threshold))
            .and(threshold("healthy_threshold", self.healthy_threshold))
            .and(self.overlap())
            .and(self.harmless_liveness())
    }

    /// [`CheckSettings::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    /// When the check runs. What is not said is taken from the configuration, but never so that a run is
    /// longer than the interval.
    #[must_use]
    pub const fn timing(&self, default: &Health) -> CheckTiming {
        let attempts = self.attempts();
        match (self.timeout, self.interval) {
            (Some(timeout), Some(interval)) => CheckTiming { timeout, interval },
            (Some(timeout), None) => CheckTiming {
                timeout,
                interval: longer(default.interval, timeout.saturating_mul(attempts)),
            },
            (None, interval) => {
                let interval = match interval {
                    Some(interval) => interval,
                    None => default.interval,
                };
                let share = Duration::from_nanos((interval.as_nanos() / attempts as u128) as u64);
                let timeout = shorter(default.timeout, share);
                CheckTiming { timeout, interval }
            }
        }
    }

    /// How often a run may try.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.retries.saturating_add(1)
    }

    /// A run that takes as long as the interval would be followed by the next one at once.
    const fn overlap(&self) -> Option<Finding> {
        let (Some(timeout), Some(interval)) = (self.timeout, self.interval) else {
            return None;
        };
        let whole = timeout.saturating_mul(self.attempts());
        if whole.as_nanos() < interval.as_nanos() {
            return None;
        }
        let m = Message::new();
        let m = match self.retries {
            0 => push_duration(m.str("`timeout` "), timeout).str(" is not below `interval` "),
            _ => {
                let m = m
                    .number(self.attempts() as u64)
                    .str(" attempts with `timeout` ");
                let m = push_duration(m, timeout).str(" take ");
                push_duration(m, whole).str(", which is not below `interval` ")
            }
        };
        let enough = Duration::from_secs(whole.as_secs().saturating_add(1));
        let help = push_duration(Message::new().str("write `interval = \""), enough)
            .str("\"` or more, or shorten `timeout`");
        let message = push_duration(m, interval);
        Some(Finding::new(
            "health.overlap",
            "timeout",
            message,
            help.as_str(),
        ))
    }

    const fn harmless_liveness(&self) -> Option<Finding> {
        if self.critical || !matches!(self.kind, HealthKind::Liveness) {
            return None;
        }
        let message = Message::new().str("a liveness check that is not critical decides nothing");
        let help = "leave `critical` out, or write `kind = readiness`";
        Some(Finding::new(
            "health.contradiction",
            "critical",
            message,
            help,
        ))
    }
}

/// What is wrong with a check of this kind that goes by the calls of a dependency, if it names one.
#[must_use]
pub const fn check_traffic(kind: HealthKind, dependency: &str) -> Option<Finding> {
    if dependency.is_empty() || matches!(kind, HealthKind::Readiness) {
        return None;
    }
    let message = Message::new().str("calls of a dependency decide nothing but readiness");
    let help = "leave `traffic` out, or write `kind = readiness`";
    Some(Finding::new(
        "health.contradiction",
        "traffic",
        message,
        help,
    ))
}

impl Default for CheckSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const fn range(path: &'static str, given: Option<Duration>, least: Duration) -> Option<Finding> {
    let Some(given) = given else {
        return None;
    };
    let most = CheckSettings::MAX_TIME;
    if given.as_nanos() >= least.as_nanos() && given.as_nanos() <= most.as_nanos() {
        return None;
    }
    let m = Message::new().name(path).str(" must be between ");
    let m = push_duration(push_duration(m, least).str(" and "), most).str(", got ");
    Some(Finding::new(
        "duration.range",
        path,
        push_duration(m, given),
        "",
    ))
}

const fn threshold(path: &'static str, given: u32) -> Option<Finding> {
    count(path, given, 1, CheckSettings::MAX_THRESHOLD)
}

const fn count(path: &'static str, given: u32, least: u32, most: u32) -> Option<Finding> {
    if given >= least && given <= most {
        return None;
    }
    let message = Message::new()
        .name(path)
        .str(" must be between ")
        .number(least as u64)
        .str(" and ")
        .number(most as u64)
        .str(", got ")
        .number(given as u64);
    Some(Finding::new("number.range", path, message, ""))
}

const fn longer(a: Duration, b: Duration) -> Duration {
    if a.as_nanos() < b.as_nanos() { b } else { a }
}

const fn shorter(a: Duration, b: Duration) -> Duration {
    if a.as_nanos() < b.as_nanos() { a } else { b }
}

#[cfg(test)]
mod tests;
