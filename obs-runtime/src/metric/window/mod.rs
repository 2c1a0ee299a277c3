//! What the metrics did lately: `/monitoring/metrics/summary`.
//!
//! A thread of its own takes a snapshot every ten seconds and keeps how much it
//! differs from the one before, for the last quarter of an hour. A window adds up
//! the differences.
//!
//! Quantiles are interpolated within the buckets of the histograms, so they are
//! off by at most the width of a bucket; the smallest and the largest value of an
//! operation are exact, because the cells keep them between two ticks. (They are
//! kept for all outcomes together; for a single outcome they are exact if only it
//! occurred, and otherwise as exact as its buckets.)
//!
//! At most [`MAX_SERIES`] series are followed, those that came first; in the
//! worst case, when all of them are histograms that change all the time, they take
//! about 20 MB.

mod delta;
mod record;
mod stats;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

pub use record::{FamilyWindow, SeriesWindow, WindowSummary};
pub use stats::Stats;

use record::Windows;

use super::Registry;
use crate::fork::PerProcess;
use crate::hot::clock;

/// The time that one entry of the record stands for, and the time between two ticks.
pub const SLOT: Duration = Duration::from_secs(10);
/// How far back a window can reach.
pub const RETENTION: Duration = Duration::from_secs(15 * 60);
/// Series that are followed.
pub const MAX_SERIES: usize = 2000;

/// The record is at least this fresh when it is asked.
const FRESH: Duration = Duration::from_secs(1);

static WINDOWS: PerProcess<Mutex<Windows>> = PerProcess::new();
/// Held while a snapshot is on its way into the record, so that they arrive in order. It is only
/// ever tried: a collector may ask for a window.
static TICKING: PerProcess<Mutex<()>> = PerProcess::new();

/// What the metrics of the program did within the last `window`, at most [`RETENTION`].
///
/// ```
/// use std::time::Duration;
///
/// let summary = obs_runtime::metric::window::summary(Duration::from_secs(300));
/// assert!(summary.covered <= Duration::from_secs(310));
/// ```
#[must_use]
pub fn summary(window: Duration) -> WindowSummary {
    let now = now();
    let last = windows().last_tick();
    if last.is_none_or(|last| now.saturating_sub(last) >= FRESH) {
        tick(now);
    }
    windows().summary(window)
}

/// Keeps the record up to date for ever, and that of the memory, for the thread of the windows.
pub(crate) fn keep() {
    loop {
        let begun = Instant::now();
        tick(now());
        #[cfg(feature = "http")]
        crate::collect::process::note_memory(now());
        std::thread::sleep(SLOT.saturating_sub(begun.elapsed()));
    }
}

/// Takes a snapshot into the record. `now` is [`now`]; another tick under way makes this one needless.
fn tick(now: Duration) {
    let _ticking = match TICKING.get(Mutex::default).try_lock() {
        Ok(ticking) => ticking,
        Err(TryLockError::Poisoned(error)) => error.into_inner(),
        Err(TryLockError::WouldBlock) => return,
    };
    let snapshot = Registry::global().tick();
    windows().record(now, &snapshot);
}

/// The time of a tick: it never goes back.
fn now() -> Duration {
    Duration::from_nanos(clock::to_nanos(clock::ticks()))
}

fn windows() -> std::sync::MutexGuard<'static, Windows> {
    WINDOWS
        .get(|| Mutex::new(Windows::new()))
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}
