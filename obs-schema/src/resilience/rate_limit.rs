//! Limits of rate.

use core::time::Duration;

use super::{no_time, time, zero};
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// How many calls may begin in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// How many calls may begin, evenly over the time.
    pub calls: u32,
    /// In which time.
    pub per: Duration,
    /// How many of them may begin at once, after a time without calls.
    pub burst: u32,
    /// For how long a call waits for its turn before it is rejected.
    pub wait: Duration,
}

impl RateLimitSettings {
    /// The longest time in which calls are counted.
    pub const MAX_PER: Duration = Duration::from_secs(86_400);

    /// 100 calls per second, as they come.
    pub const DEFAULT: Self = Self {
        calls: 100,
        per: Duration::from_secs(1),
        burst: 100,
        wait: Duration::ZERO,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(zero("calls", self.calls as u64))
            .and(no_time("per", self.per))
            .and(zero("burst", self.burst as u64))
            .and(self.too_long())
            .and(self.too_fast())
    }

    /// [`RateLimitSettings::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn too_long(&self) -> Option<Finding> {
        if self.per.as_nanos() <= Self::MAX_PER.as_nanos() {
            return None;
        }
        let message = time(Message::new().str("`per` is "), self.per);
        let message = time(message.str(", above the longest of "), Self::MAX_PER);
        Some(Finding::new("duration.range", "per", message, ""))
    }

    /// What comes faster than the clock is read is no limit.
    const fn too_fast(&self) -> Option<Finding> {
        if self.calls as u128 <= self.per.as_micros() || self.per.is_zero() {
            return None;
        }
        let message = Message::new()
            .str("`calls` is ")
            .number(self.calls as u64)
            .str(" in ");
        let message =
            time(message, self.per).str(", more than one in a microsecond, which cannot be told");
        let help = "make `calls` smaller or `per` longer";
        Some(Finding::new("rate_limit.calls", "calls", message, help))
    }
}

impl Default for RateLimitSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
