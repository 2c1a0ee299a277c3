//! Health checks.

use core::time::Duration;

use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// How the service checks its health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Whether checks run. Without them the probes say how far the service itself is.
    pub enabled: bool,
    /// How often a check runs that has no interval of its own.
    pub interval: Duration,
    /// After how long a check without a time limit of its own has failed.
    pub timeout: Duration,
    /// How long the shutdown waits after `/ready` has said no.
    pub shutdown_delay: Duration,
}

impl Health {
    /// On, every 10 s, for at most 2 s, and no wait at the shutdown.
    pub const DEFAULT: Self = Self {
        enabled: true,
        interval: Duration::from_secs(10),
        timeout: Duration::from_secs(2),
        shutdown_delay: Duration::ZERO,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new().and(self.zero()).and(self.overlap())
    }

    /// [`Health::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn zero(&self) -> Option<Finding> {
        let (path, name) = if self.timeout.is_zero() {
            ("health.timeout", "timeout")
        } else if self.interval.is_zero() {
            ("health.interval", "interval")
        } else {
            return None;
        };
        let message = Message::new().name(path).str(" must be above 0");
        let help = Message::new()
            .str("leave `")
            .str(name)
            .str("` out for the default");
        Some(Finding::new("duration.range", path, message, help.as_str()))
    }

    const fn overlap(&self) -> Option<Finding> {
        if self.interval.is_zero() || self.timeout.as_nanos() <= self.interval.as_nanos() {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "health.timeout",
            Message::new().str(
                "`health.timeout` is longer than `health.interval`, so the next check begins first",
            ),
            "make `timeout` at most `interval`",
        ))
    }
}

impl Default for Health {
    fn default() -> Self {
        Self::DEFAULT
    }
}
