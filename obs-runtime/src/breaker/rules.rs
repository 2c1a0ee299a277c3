//! The settings in force, in a form that a call can read while somebody changes them.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use obs_schema::resilience::{BreakerSettings, Window};

use super::count::Tally;
use crate::hot::clock;

/// Which calls are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Consecutive,
    Count(u32),
    Time,
}

const CONSECUTIVE: u32 = 0;
const TIME: u32 = u32::MAX;

/// See the module. A change is seen number by number, which does no harm: each is right for some call.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// [`CONSECUTIVE`], [`TIME`], or the number of calls.
    span: AtomicU32,
    failure_threshold: AtomicU32,
    failure_rate: AtomicU64,
    min_calls: AtomicU32,
    /// In ticks; 0 for none.
    slow: AtomicU64,
    slow_rate: AtomicU64,
    permits: AtomicU32,
    /// In ticks; 0 for ever.
    half_open_max: AtomicU64,
}

/// Why a breaker opens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    Fine,
    /// A share is too large, or a row too long.
    Exceeded,
}

impl Rules {
    pub(super) fn new(settings: &BreakerSettings) -> Self {
        let rules = Self::default();
        rules.set(settings);
        rules
    }

    pub(super) fn set(&self, settings: &BreakerSettings) {
        let span = match settings.window {
            Window::Consecutive => CONSECUTIVE,
            Window::Count(calls) => calls,
            Window::Time(_) => TIME,
        };
        self.span.store(span, Relaxed);
        self.failure_threshold
            .store(settings.failure_threshold, Relaxed);
        self.failure_rate
            .store(settings.failure_rate.to_bits(), Relaxed);
        self.min_calls.store(settings.min_calls, Relaxed);
        let slow = settings.slow_call.map_or(0, at_least_one_tick);
        self.slow.store(slow, Relaxed);
        self.slow_rate.store(settings.slow_rate.to_bits(), Relaxed);
        self.permits.store(settings.half_open_calls, Relaxed);
        let stay = clock::from_duration(settings.half_open_max);
        self.half_open_max.store(stay, Relaxed);
    }

    pub(super) fn span(&self) -> Span {
        match self.span.load(Relaxed) {
            CONSECUTIVE => Span::Consecutive,
            TIME => Span::Time,
            calls => Span::Count(calls),
        }
    }

    /// From how many ticks on a call is slow.
    #[inline(always)]
    pub(super) fn slow(&self) -> Option<u64> {
        Some(self.slow.load(Relaxed)).filter(|&ticks| ticks != 0)
    }

    pub(super) fn min_calls(&self) -> u32 {
        self.min_calls.load(Relaxed)
    }

    pub(super) fn permits(&self) -> u32 {
        self.permits.load(Relaxed)
    }

    /// When a half-open state that begins now has lasted long enough.
    pub(super) fn half_open_until(&self, now: u64) -> Option<u64> {
        match self.half_open_max.load(Relaxed) {
            0 => None,
            ticks => Some(now.saturating_add(ticks)),
        }
    }

    /// Whether a row of failures is too long.
    pub(super) fn judge_row(&self, length: u64) -> Verdict {
        exceeded(length >= u64::from(self.failure_threshold.load(Relaxed)))
    }

    /// Whether there are enough calls in the window to judge, and too many of them bad.
    pub(super) fn judge(&self, tally: Tally) -> Verdict {
        let is_enough = tally.calls >= u64::from(self.min_calls());
        exceeded(is_enough && self.is_bad(tally))
    }

    /// Whether a half-open state has shown that the callee is not well: one failure, or so many of the `permits`
    /// that those to come cannot make up for it.
    pub(super) fn judge_trial(&self, failed: u32, slow: u32) -> Verdict {
        if self.span() == Span::Consecutive {
            return exceeded(failed > 0 || (slow > 0 && self.slow().is_some()));
        }
        exceeded(self.is_bad(Tally {
            calls: u64::from(self.permits()),
            failed: u64::from(failed),
            slow: u64::from(slow),
        }))
    }

    fn is_bad(&self, tally: Tally) -> bool {
        let rate = |rate: &AtomicU64| f64::from_bits(rate.load(Relaxed));
        tally.failure_ratio() >= rate(&self.failure_rate)
            || (self.slow().is_some() && tally.slow_ratio() >= rate(&self.slow_rate))
    }
}

fn exceeded(is_exceeded: bool) -> Verdict {
    match is_exceeded {
        true => Verdict::Exceeded,
        false => Verdict::Fine,
    }
}

fn at_least_one_tick(duration: Duration) -> u64 {
    clock::from_duration(duration).max(1)
}
