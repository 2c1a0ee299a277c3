//! The rate of a counter that does not tell it.
//!
//! The processor's own figures (CPUID leaves 0x15 and 0x16, 0x40000010 of a hypervisor) are not asked: many
//! machines have none, and some are known to be wrong. A measurement says how far off it can be, as
//! each reading knows how long it took, so it goes on until that is little enough.

use std::time::{Duration, Instant};

use super::counter;
use super::rate::{NANOS, Rate};
use super::reading::{Paired, paired, reference};

#[cfg(test)]
mod tests;

/// Where the measurement ends, in parts per million. Takes between one and two milliseconds where the other
/// clock is read without a system call.
const WANTED_PPM: u64 = 25;
/// What is taken if it does not get there in [`USUAL`]: half of what [`drift`](super::drift) allows, so that the
/// calibration alone never looks like drift.
const ACCEPTED_PPM: u64 = super::drift::LIMIT_PPM / 2;
/// The first use of the clock waits for so long.
const USUAL: Duration = Duration::from_millis(10);
/// It waits for so long where that does not give a rate at all: where a reading takes many microseconds, as under
/// an emulator.
const LONGEST: Duration = Duration::from_millis(250);

/// A rate, and how far off it can be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Estimate {
    pub(super) rate: Rate,
    pub(super) error_ppm: u64,
}

/// Measures the counter. `None` if the machine is too unsteady to tell its rate.
pub(super) fn measure() -> Option<Rate> {
    let begun = Instant::now();
    let mut start = paired(counter::read, reference);
    let mut best: Option<Estimate> = None;
    loop {
        std::hint::spin_loop();
        let now = paired(counter::read, reference);
        if let Some(estimate) = Estimate::between(&start, &now)
            && best.is_none_or(|best| estimate.error_ppm < best.error_ppm)
        {
            best = Some(estimate);
        }
        let waited = begun.elapsed();
        let wanted_ppm = if waited < USUAL {
            WANTED_PPM
        } else {
            ACCEPTED_PPM
        };
        if best.is_some_and(|best| best.error_ppm <= wanted_ppm) || waited >= LONGEST {
            break;
        }
        // A beginning that was interrupted every time would spoil all that follows.
        if now.width < start.width / 4 {
            start = now;
        }
    }
    best.filter(|best| best.error_ppm <= ACCEPTED_PPM)
        .map(|best| best.rate)
}

impl Estimate {
    pub(super) fn between(start: &Paired<Duration>, end: &Paired<Duration>) -> Option<Self> {
        let nanos = end.reference.checked_sub(start.reference)?.as_nanos();
        let ticks = u128::from(end.counter.checked_sub(start.counter)?);
        let error = u128::from(start.width / 2) + u128::from(end.width / 2) + 1;
        let rate = (ticks * u128::from(NANOS)).checked_div(nanos)?;
        // Whole milliseconds are whole ticks then, which keeps the sums of round durations round. The error is
        // far below that of the measurement.
        let rate = rate.saturating_add(500) / 1000 * 1000;
        let error_ppm = (error * 1_000_000).div_ceil(ticks.max(1));
        Some(Self {
            rate: Rate::new(u64::try_from(rate).ok()?)?,
            error_ppm: u64::try_from(error_ppm).unwrap_or(u64::MAX),
        })
    }
}
