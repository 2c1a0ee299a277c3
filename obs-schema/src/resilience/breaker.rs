//! Circuit breakers.

use core::time::Duration;

use super::{no_factor, no_ratio, no_share, no_time, time, zero};
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// Which calls a circuit breaker looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Those since the last success: so many failures in a row open it.
    Consecutive,
    /// The last so many.
    Count(u32),
    /// Those that ended in the last so much time.
    Time(Duration),
}

/// When a circuit breaker opens, and how it finds out that the callee is well again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerSettings {
    /// Which calls are looked at.
    pub window: Window,
    /// So many failures in a row open it. Only for [`Window::Consecutive`].
    pub failure_threshold: u32,
    /// This share of failures in the window, or more, opens it. Not for [`Window::Consecutive`].
    pub failure_rate: f64,
    /// With fewer calls in the window the shares are not judged. Not for [`Window::Consecutive`].
    pub min_calls: u32,
    /// A call that takes this long or longer is slow, from that moment on. With [`Window::Consecutive`] a slow call
    /// is a failure.
    pub slow_call: Option<Duration>,
    /// This share of slow calls in the window, or more, opens it. Not for [`Window::Consecutive`].
    pub slow_rate: f64,
    /// After this time the call is given up, which is a failure.
    pub timeout: Option<Duration>,
    /// For how long it stays open.
    pub recovery_timeout: Duration,
    /// The factor by which it stays open longer each time that the callee is still not well.
    pub backoff: f64,
    /// The longest time for which it stays open.
    pub max_recovery_timeout: Duration,
    /// The share by which that time is made longer at random, so that not all processes probe at once.
    pub jitter: f64,
    /// How many calls are let through to see whether the callee is well again.
    pub half_open_calls: u32,
    /// For how long these calls may keep it waiting before it is open again. 0 is for ever.
    pub half_open_max: Duration,
}

impl BreakerSettings {
    /// The most calls of a [`Window::Count`].
    pub const MAX_COUNT: u32 = 1_000;
    /// The shortest [`Window::Time`].
    pub const MIN_TIME: Duration = Duration::from_secs(1);
    /// The longest [`Window::Time`].
    pub const MAX_TIME: Duration = Duration::from_secs(86_400);
    /// The most calls that a breaker lets through while it is half-open.
    pub const MAX_HALF_OPEN_CALLS: u32 = 500;
    /// The longest time for which a breaker can stay open.
    pub const MAX_RECOVERY: Duration = Duration::from_secs(30 * 86_400);

    /// Five failures in a row open it for a minute; then three calls have to succeed.
    pub const DEFAULT: Self = Self {
        window: Window::Consecutive,
        failure_threshold: 5,
        failure_rate: 0.5,
        min_calls: 10,
        slow_call: None,
        slow_rate: 1.0,
        timeout: None,
        recovery_timeout: Duration::from_secs(60),
        backoff: 1.0,
        max_recovery_timeout: Duration::from_secs(600),
        jitter: 0.0,
        half_open_calls: 3,
        half_open_max: Duration::from_secs(60),
    };

    /// The defaults for a window: none of them asks for more calls than it holds.
    #[must_use]
    pub const fn of_window(window: Window) -> Self {
        let mut settings = Self {
            window,
            ..Self::DEFAULT
        };
        if let Window::Count(calls) = window {
            if settings.min_calls > calls {
                settings.min_calls = calls;
            }
            if settings.half_open_calls > calls {
                settings.half_open_calls = calls;
            }
        }
        settings
    }

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(zero("failure_threshold", self.failure_threshold as u64))
            .and(no_share("failure_rate", self.failure_rate))
            .and(no_share("slow_rate", self.slow_rate))
            .and(zero("min_calls", self.min_calls as u64))
            .and(self.size())
            .and(self.unreachable_minimum())
            .and(self.slow())
            .and(self.limit())
            .and(no_time("recovery_timeout", self.recovery_timeout))
            .and(no_factor(self.backoff))
            .and(self.longest())
            .and(no_ratio("jitter", self.jitter))
            .and(self.probes())
            .and(self.probing())
    }

    /// [`BreakerSettings::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    /// Fails the build when there is a finding.
    ///
    /// # Panics
    /// With every finding. Meant for constants.
    #[track_caller]
    pub const fn assert_valid(&self) {
        self.findings().assert_none();
    }

    const fn size(&self) -> Option<Finding> {
        let message = Message::new().str("`window` ");
        let message = match self.window {
            Window::Consecutive => return None,
            Window::Count(calls) if calls >= 1 && calls <= Self::MAX_COUNT => return None,
            Window::Count(calls) => message
                .str("holds from 1 to ")
                .number(Self::MAX_COUNT as u64)
                .str(" calls, got ")
                .number(calls as u64),
            Window::Time(span) if is_within(span, Self::MIN_TIME, Self::MAX_TIME) => return None,
            Window::Time(span) => {
                let message = time(message.str("spans from "), Self::MIN_TIME);
                let message = time(message.str(" to "), Self::MAX_TIME);
                time(message.str(", got "), span)
            }
        };
        let help = "write `window = count(100)` or `window = time(\"60s\")`";
        Some(Finding::new("breaker.window", "window", message, help))
    }

    const fn unreachable_minimum(&self) -> Option<Finding> {
        let Window::Count(calls) = self.window else {
            return None;
        };
        if self.min_calls <= calls {
            return None;
        }
        let message = Message::new()
            .str("`min_calls` is ")
            .number(self.min_calls as u64)
            .str(", but the window holds ")
            .number(calls as u64)
            .str(" calls, so the rate would never be judged");
        let help = Message::new()
            .str("make `min_calls` at most ")
            .number(calls as u64);
        Some(Finding::new(
            "breaker.min_calls",
            "min_calls",
            message,
            help.as_str(),
        ))
    }

    const fn slow(&self) -> Option<Finding> {
        let Some(slow) = self.slow_call else {
            return None;
        };
        if slow.is_zero() {
            return no_time("slow_call", slow);
        }
        let Some(limit) = self.timeout else {
            return None;
        };
        if slow.as_nanos() < limit.as_nanos() {
            return None;
        }
        let message = time(Message::new().str("`slow_call` is "), slow);
        let message = time(message.str(", not below the `timeout` of "), limit)
            .str(", so no call that ends in time would be slow");
        let help = "make `slow_call` shorter than `timeout`";
        Some(Finding::new(
            "breaker.slow_call",
            "slow_call",
            message,
            help,
        ))
    }

    const fn limit(&self) -> Option<Finding> {
        match self.timeout {
            Some(limit) => no_time("timeout", limit),
            None => None,
        }
    }

    const fn longest(&self) -> Option<Finding> {
        let (least, most) = (self.recovery_timeout, self.max_recovery_timeout);
        if is_within(most, least, Self::MAX_RECOVERY) {
            return None;
        }
        let message = time(Message::new().str("`max_recovery_timeout` is "), most);
        let (message, help) = if most.as_nanos() < least.as_nanos() {
            let message = time(message.str(", below the `recovery_timeout` of "), least);
            (message, "make it at least as long, or leave it out")
        } else {
            let message = time(message.str(", above the longest of "), Self::MAX_RECOVERY);
            (message, "to keep it open for good, force it open")
        };
        Some(Finding::new(
            "breaker.recovery",
            "max_recovery_timeout",
            message,
            help,
        ))
    }

    const fn probes(&self) -> Option<Finding> {
        if self.half_open_calls == 0 {
            return zero("half_open_calls", 0);
        }
        let (most, what) = match self.window {
            Window::Count(calls) if calls < Self::MAX_HALF_OPEN_CALLS => {
                (calls, ", but the window holds ")
            }
            _ => (
                Self::MAX_HALF_OPEN_CALLS,
                ", but a breaker probes with at most ",
            ),
        };
        if self.half_open_calls <= most {
            return None;
        }
        let message = Message::new()
            .str("`half_open_calls` is ")
            .number(self.half_open_calls as u64)
            .str(what)
            .number(most as u64)
            .str(" calls");
        let help = Message::new()
            .str("make `half_open_calls` at most ")
            .number(most as u64);
        Some(Finding::new(
            "breaker.half_open",
            "half_open_calls",
            message,
            help.as_str(),
        ))
    }

    const fn probing(&self) -> Option<Finding> {
        let Some(limit) = self.timeout else {
            return None;
        };
        let most = self.half_open_max;
        if most.is_zero() || most.as_nanos() >= limit.as_nanos() {
            return None;
        }
        let message = time(Message::new().str("`half_open_max` is "), most);
        let message = time(message.str(", below the `timeout` of "), limit)
            .str(", so the breaker would open again before a probe has to end");
        let help = "make `half_open_max` at least as long as `timeout`";
        Some(Finding::new(
            "breaker.half_open",
            "half_open_max",
            message,
            help,
        ))
    }
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const fn is_within(time: Duration, least: Duration, most: Duration) -> bool {
    time.as_nanos() >= least.as_nanos() && time.as_nanos() <= most.as_nanos()
}
