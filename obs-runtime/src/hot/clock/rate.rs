//! How long a tick is.

use std::num::NonZeroU64;
use std::time::Duration;

#[cfg(test)]
mod tests;

pub(super) const NANOS: u64 = 1_000_000_000;

/// Ticks per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    per_second: u64,
    /// The nanoseconds of a tick: whole ones, and what is left in parts of 2^64. A multiplication takes a fraction of
    /// the time of a division, and is off by less than a nanosecond for as many ticks as there are.
    whole: u64,
    fraction: u64,
}

impl Rate {
    /// A tick is a nanosecond.
    pub(super) const NANOSECONDS: Self = Self {
        per_second: NANOS,
        whole: 1,
        fraction: 0,
    };

    /// `None` for 0: such a counter stands still.
    pub(super) fn new(per_second: u64) -> Option<Self> {
        NonZeroU64::new(per_second).map(|rate| {
            let left = u128::from(NANOS % rate);
            Self {
                per_second,
                whole: NANOS / rate,
                fraction: ((left << 64) / u128::from(per_second)) as u64,
            }
        })
    }

    pub(super) fn per_second(self) -> u64 {
        self.per_second
    }

    /// Ticks to nanoseconds, rounded to the nearest.
    pub(super) fn to_nanos(self, ticks: u64) -> u64 {
        let whole = u128::from(ticks) * u128::from(self.whole);
        let rest = (u128::from(ticks) * u128::from(self.fraction) + (1 << 63)) >> 64;
        u64::try_from(whole + rest).unwrap_or(u64::MAX)
    }

    /// A duration to ticks, rounded to the nearest.
    pub(super) fn ticks_in(self, duration: Duration) -> u64 {
        let scaled = duration
            .as_nanos()
            .saturating_mul(u128::from(self.per_second()));
        let ticks = scaled.saturating_add(u128::from(NANOS / 2)) / u128::from(NANOS);
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }

    /// Seconds to ticks, rounded up.
    pub(super) fn ticks_in_seconds(self, seconds: f64) -> u64 {
        (seconds * self.per_second() as f64).ceil() as u64
    }
}
