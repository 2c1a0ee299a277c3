//! Retries.

use core::time::Duration;

use super::{no_factor, no_ratio, no_share, no_time, time};
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// How often and when a call is attempted again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetrySettings {
    /// How many attempts there are, the first one included.
    pub attempts: u32,
    /// The time before the second attempt.
    pub delay: Duration,
    /// The factor by which that time grows from one attempt to the next.
    pub backoff: f64,
    /// The longest time between two attempts. Who says that it takes longer is not asked again.
    pub max_delay: Duration,
    /// The share by which each time is made shorter at random.
    pub jitter: f64,
    /// How many retries each call allows, over all calls of the same name. [`Self::RESERVE`] are there at first.
    pub budget: f64,
    /// No attempt begins later than this after the first one.
    pub deadline: Option<Duration>,
}

impl RetrySettings {
    /// The most attempts.
    pub const MAX_ATTEMPTS: u32 = 20;
    /// How many retries there are before the first call has allowed any.
    pub const RESERVE: u32 = 10;
    /// The most retries that calls can save up for later ones.
    pub const MAX_SAVED: u32 = 100;

    /// Three attempts, 100 ms and 200 ms apart at most, and one retry for five calls.
    pub const DEFAULT: Self = Self {
        attempts: 3,
        delay: Duration::from_millis(100),
        backoff: 2.0,
        max_delay: Duration::from_secs(10),
        jitter: 0.5,
        budget: 0.2,
        deadline: None,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(self.count())
            .and(no_time("delay", self.delay))
            .and(no_factor(self.backoff))
            .and(self.longest())
            .and(no_ratio("jitter", self.jitter))
            .and(no_share("budget", self.budget))
            .and(self.late(Duration::ZERO))
    }

    /// [`RetrySettings::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    /// The longest time before the attempt that follows on `made` attempts: that without jitter.
    #[must_use]
    pub const fn delay_after(&self, made: u32) -> Duration {
        let mut seconds = self.delay.as_secs_f64();
        let most = self.max_delay.as_secs_f64();
        let mut attempt = 1;
        while attempt < made && seconds < most {
            seconds *= self.backoff;
            attempt += 1;
        }
        if seconds < most {
            Duration::from_nanos((seconds * 1e9) as u64)
        } else {
            self.max_delay
        }
    }

    /// The longest time that all attempts and the times between them can take, if each attempt may take `limit`.
    #[must_use]
    pub const fn longest_call(&self, limit: Duration) -> Duration {
        let mut all = limit;
        let mut attempt = 1;
        while attempt < self.attempts {
            all = all
                .saturating_add(self.delay_after(attempt))
                .saturating_add(limit);
            attempt += 1;
        }
        all
    }

    /// Attempts of up to `limit` each, and the times between them, that cannot all be made before the deadline.
    #[must_use]
    pub const fn late(&self, limit: Duration) -> Option<Finding> {
        let Some(deadline) = self.deadline else {
            return None;
        };
        let all = self.longest_call(limit);
        if all.as_nanos() <= deadline.as_nanos() {
            return None;
        }
        let mut message = Message::new().number(self.attempts as u64).str(" attempts");
        if !limit.is_zero() {
            message = time(message.str(" of "), limit);
        }
        let message = time(message.str(" and the times between them take up to "), all);
        let message = time(message.str(", over the `deadline` of "), deadline);
        let help = "make fewer attempts, or the deadline longer";
        Some(Finding::new("retry.deadline", "deadline", message, help))
    }

    const fn count(&self) -> Option<Finding> {
        if self.attempts >= 2 && self.attempts <= Self::MAX_ATTEMPTS {
            return None;
        }
        let message = Message::new()
            .str("`attempts` must be from 2 to ")
            .number(Self::MAX_ATTEMPTS as u64)
            .str(", got ")
            .number(self.attempts as u64);
        let help = "the first attempt counts; for a single one there is nothing to retry";
        Some(Finding::new("number.range", "attempts", message, help))
    }

    const fn longest(&self) -> Option<Finding> {
        if self.max_delay.as_nanos() >= self.delay.as_nanos() {
            return None;
        }
        let message = time(Message::new().str("`max_delay` is "), self.max_delay);
        let message = time(message.str(", below the `delay` of "), self.delay);
        let help = "make `max_delay` at least as long";
        Some(Finding::new("retry.delay", "max_delay", message, help))
    }
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
