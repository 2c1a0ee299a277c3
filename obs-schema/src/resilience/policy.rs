//! Policies on one function.

use core::time::Duration;

use super::{BreakerSettings, BulkheadSettings, RateLimitSettings, RetrySettings, no_time, time};
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// What the policies on one function are together: from the outside in, retry, circuit breaker, limit of rate,
/// limit of concurrency, limit of time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PolicySettings {
    /// `#[retry]`.
    pub retry: Option<RetrySettings>,
    /// `#[circuit_breaker]`.
    pub breaker: Option<BreakerSettings>,
    /// `#[rate_limit]`.
    pub rate_limit: Option<RateLimitSettings>,
    /// `#[bulkhead]`.
    pub bulkhead: Option<BulkheadSettings>,
    /// `#[timeout]`.
    pub timeout: Option<Duration>,
}

impl PolicySettings {
    /// A limit of time alone.
    #[must_use]
    pub const fn of_limit(limit: Duration) -> Self {
        Self {
            retry: None,
            breaker: None,
            rate_limit: None,
            bulkhead: None,
            timeout: Some(limit),
        }
    }

    /// The limit of time of the body, whichever policy gives it.
    #[must_use]
    pub const fn limit(&self) -> Option<Duration> {
        match (self.timeout, &self.breaker) {
            (Some(limit), _) => Some(limit),
            (None, Some(breaker)) => breaker.timeout,
            (None, None) => None,
        }
    }

    /// The longest time of one attempt, with the times that it waits for its turn; those alone if the body has no
    /// limit.
    #[must_use]
    pub const fn longest_attempt(&self) -> Duration {
        let mut all = match self.limit() {
            Some(limit) => limit,
            None => Duration::ZERO,
        };
        if let Some(limit) = &self.rate_limit {
            all = all.saturating_add(limit.wait);
        }
        if let Some(bulkhead) = &self.bulkhead {
            all = all.saturating_add(bulkhead.wait);
        }
        all
    }

    /// A limit of time of 0, and combinations that cannot work. What is wrong with each of the others alone is not
    /// among them.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(match self.timeout {
                Some(limit) => no_time("limit", limit),
                None => None,
            })
            .and(self.two_limits())
            .and(self.late())
            .and(self.slow())
            .and(self.probing())
    }

    /// [`PolicySettings::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn two_limits(&self) -> Option<Finding> {
        let (Some(limit), Some(breaker)) = (self.timeout, &self.breaker) else {
            return None;
        };
        let Some(other) = breaker.timeout else {
            return None;
        };
        let message = Message::new().str("`#[timeout]` of ");
        let message = time(message, limit).str(" is the same limit as the `timeout` of ");
        let message = time(message, other).str(" of `#[circuit_breaker]`");
        let help = "remove one";
        Some(Finding::new("policy.timeout", "timeout", message, help))
    }

    const fn late(&self) -> Option<Finding> {
        let longest = self.longest_attempt();
        match &self.retry {
            // Without a limit the settings of the retry say it themselves.
            Some(retry) if !longest.is_zero() && retry.late(Duration::ZERO).is_none() => {
                retry.late(longest)
            }
            _ => None,
        }
    }

    /// The limit of `#[timeout]` is where that of the breaker would be.
    const fn slow(&self) -> Option<Finding> {
        let (Some(limit), Some(breaker)) = (self.timeout, &self.breaker) else {
            return None;
        };
        let Some(slow) = breaker.slow_call else {
            return None;
        };
        if slow.as_nanos() < limit.as_nanos() {
            return None;
        }
        let message = time(Message::new().str("`slow_call` is "), slow);
        let message = time(message.str(", not below the `#[timeout]` of "), limit)
            .str(", so no call that ends in time would be slow");
        let help = "make `slow_call` shorter than the timeout";
        Some(Finding::new(
            "breaker.slow_call",
            "slow_call",
            message,
            help,
        ))
    }

    /// A probe waits for its turn, too, while the breaker is half-open.
    const fn probing(&self) -> Option<Finding> {
        let Some(breaker) = &self.breaker else {
            return None;
        };
        let (most, longest) = (breaker.half_open_max, self.longest_attempt());
        let is_alone =
            self.timeout.is_none() && self.rate_limit.is_none() && self.bulkhead.is_none();
        if is_alone || most.is_zero() || most.as_nanos() >= longest.as_nanos() {
            return None;
        }
        let message = time(Message::new().str("`half_open_max` is "), most);
        let message = time(message.str(", below the "), longest)
            .str(" that a probe may take, so the breaker would open again before it has to end");
        let help = "make `half_open_max` at least as long";
        Some(Finding::new(
            "breaker.half_open",
            "half_open_max",
            message,
            help,
        ))
    }
}
