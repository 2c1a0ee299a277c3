//! Where ticks come from on this machine.

use std::time::Instant;

use super::counter;
use super::rate::Rate;

/// What was found out about the machine, once.
pub(super) struct Source {
    pub(super) rate: Rate,
    /// Where ticks come from; `None` is the counter.
    pub(super) line: Option<Line>,
}

/// Ticks of the monotonic clock: so many at that time.
pub(super) struct Line {
    pub(super) ticks: u64,
    pub(super) at: Instant,
}

impl Source {
    pub(super) fn detect() -> Self {
        match counter::rate() {
            Some(rate) => Self { rate, line: None },
            None => Self {
                rate: Rate::NANOSECONDS,
                line: Some(Line {
                    ticks: 0,
                    at: Instant::now(),
                }),
            },
        }
    }
}

impl Line {
    pub(super) fn now(&self, rate: Rate) -> u64 {
        self.ticks.saturating_add(rate.ticks_in(self.at.elapsed()))
    }
}
