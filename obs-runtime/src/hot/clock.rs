//! Time for measurements: ticks of the time-stamp counter where the kernel trusts it.
//!
//! A tick is a count of the fastest clock that is sound on this machine: the TSC
//! on x86-64 when the kernel itself uses it as its clock source, the virtual
//! counter on aarch64, nanoseconds of the monotonic clock elsewhere. The rate is
//! fixed once, so tables of bounds can be kept in ticks.
//!
//! A counter can turn out to be unsound later. [`Watch`] checks it, and when it fails the ticks come
//! from the monotonic clock for the rest of the process: at the rate of before, and onwards from the
//! ticks of before, so that bounds in ticks and calls under way stay right.

#[cfg(target_arch = "x86_64")]
mod calibration;
mod counter;
mod drift;
mod global;
mod rate;
mod reading;
mod source;
#[cfg(test)]
mod tests;
mod virtual_time;
mod watch;

use std::time::Duration;

use global::Clock;
use rate::NANOS;

pub(crate) use watch::Watch;

static CLOCK: Clock = Clock::new();

/// Which clock is in use, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    /// `tsc`, `cntvct` or `monotonic`.
    pub(crate) source: &'static str,
    pub(crate) ticks_per_second: u64,
    /// Why the counter is not read any more.
    pub(crate) fallback: Option<&'static str>,
}

/// The current time in ticks. Never goes backwards on one thread by more than the hardware does;
/// subtract with saturation.
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    CLOCK.ticks()
}

/// The current time in ticks, if the hardware counter tells it.
#[inline(always)]
pub(crate) fn counted() -> Option<u64> {
    CLOCK.counted()
}

/// Ticks to nanoseconds, rounded to the nearest.
pub(crate) fn to_nanos(ticks: u64) -> u64 {
    CLOCK.rate().to_nanos(ticks)
}

/// Ticks to seconds.
pub(crate) fn to_seconds(ticks: u64) -> f64 {
    to_nanos(ticks) as f64 / NANOS as f64
}

/// Seconds to ticks, rounded up: a duration of exactly this many seconds is never above the result.
pub(crate) fn from_seconds(seconds: f64) -> u64 {
    CLOCK.rate().ticks_in_seconds(seconds)
}

/// A duration to ticks, rounded to the nearest.
pub(crate) fn from_duration(duration: Duration) -> u64 {
    CLOCK.rate().ticks_in(duration)
}

/// The wall-clock time of a reading, in nanoseconds since 1970.
pub(crate) fn to_unix_nanos(ticks: u64) -> u64 {
    CLOCK.to_unix_nanos(ticks)
}

/// The wall-clock time in nanoseconds since 1970; on a thread with virtual time, the virtual one.
#[cfg(any(feature = "log", feature = "export"))]
pub(crate) fn now_unix_nanos() -> u64 {
    CLOCK.now_unix_nanos()
}

/// Makes this thread's clock stand still until [`advance`]. The guard of
/// [`crate::testing`] ends it with [`resume`].
pub(crate) fn freeze() {
    CLOCK.freeze();
}

/// Moves this thread's virtual time forward. Does nothing on real time.
pub(crate) fn advance(by: Duration) {
    virtual_time::advance(from_duration(by));
}

/// Lets this time pass on this thread: virtual time passes at once.
pub(crate) fn sleep(time: Duration) {
    match virtual_after(time) {
        None => std::thread::sleep(time),
        end => reach(end),
    }
}

/// The time in ticks after this one has passed, on a thread with virtual time.
pub(crate) fn virtual_after(time: Duration) -> Option<u64> {
    Some(virtual_time::now()?.saturating_add(from_duration(time)))
}

/// Moves this thread's virtual time on to `end`, unless it is there already.
pub(crate) fn reach(end: Option<u64>) {
    if let (Some(end), Some(now)) = (end, virtual_time::now()) {
        virtual_time::advance(end.saturating_sub(now));
    }
}

/// Puts this thread back on real time.
pub(crate) fn resume() {
    CLOCK.resume();
}

/// Which clock is in use.
pub(crate) fn status() -> Status {
    CLOCK.status()
}

/// Sets the wall clock of this process, as an administrator may set that of a machine: it differs from the real one
/// by so many nanoseconds. Only for tests that have a process of their own.
#[cfg(all(test, feature = "otlp", feature = "elastic"))]
pub(crate) fn step_wall_clock(nanos: i64) {
    // What is done once is done by the clock of before.
    ticks();
    global::STEPPED.store(nanos, std::sync::atomic::Ordering::Relaxed);
}
