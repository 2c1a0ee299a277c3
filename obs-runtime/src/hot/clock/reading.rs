//! Readings of the counter together with another clock.
//!
//! The other clock is `CLOCK_MONOTONIC_RAW` where there is one, not the monotonic clock of
//! [`Instant`](std::time::Instant): time synchronisation slews that one, chrony by up to 8 %, and for as
//! long as that lasts a sound counter would look unsound, or would be calibrated wrongly for good.

use std::time::Duration;

use super::counter;

/// The counter and another clock, at the same moment but for `width`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paired<T> {
    pub(super) counter: u64,
    pub(super) reference: T,
    /// How many ticks passed around the reading of the other clock: `counter` is off by at most half of it.
    pub(super) width: u64,
}

/// One look at the clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) clocks: Paired<Duration>,
    /// How long the machine was suspended since it started. The reference does not count that; the counter
    /// may or may not.
    pub(super) slept: Duration,
}

impl Reading {
    pub(super) fn take() -> Self {
        Self {
            clocks: paired(counter::read, reference),
            slept: slept(),
        }
    }
}

/// The reading that took least time out of a few, so that an interruption does not spoil it.
pub(super) fn paired<T>(counter: impl Fn() -> u64, reference: impl Fn() -> T) -> Paired<T> {
    let mut best = once(&counter, &reference);
    for _ in 1..8 {
        let next = once(&counter, &reference);
        if next.width < best.width {
            best = next;
        }
    }
    best
}

fn once<T>(counter: impl Fn() -> u64, reference: impl Fn() -> T) -> Paired<T> {
    let before = counter();
    let reference = reference();
    // Backwards is as bad as can be, not as good.
    let width = counter().checked_sub(before).unwrap_or(u64::MAX);
    Paired {
        counter: before.saturating_add(width / 2),
        reference,
        width,
    }
}

/// The time since some moment in the past, at a rate that nobody steers. It stands still while the machine
/// is suspended.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn reference() -> Duration {
    read(nix::time::ClockId::CLOCK_MONOTONIC_RAW)
}

/// How long the machine was suspended since it started.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn slept() -> Duration {
    use nix::time::ClockId;
    let running = read(ClockId::CLOCK_MONOTONIC);
    read(ClockId::CLOCK_BOOTTIME).saturating_sub(running)
}

/// Where a sandbox forbids the clock it stands at 0, and nothing is concluded from it.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn read(clock: nix::time::ClockId) -> Duration {
    nix::time::clock_gettime(clock).map_or(Duration::ZERO, Duration::from)
}

/// The time since the first call.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn reference() -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed()
}

/// Not known here. A suspension looks like one bad window, which [`Judge`](super::drift::Judge) forgives.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn slept() -> Duration {
    Duration::ZERO
}
