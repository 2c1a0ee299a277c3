//! Time that passes only when a test says so, for one thread.

use std::cell::Cell;

/// What [`VIRTUAL`] holds on real time.
const REAL: u64 = u64::MAX;

thread_local! {
    /// The virtual time of this thread in ticks.
    static VIRTUAL: Cell<u64> = const { Cell::new(REAL) };
}

/// The virtual time of this thread, if it runs on it.
pub(super) fn now() -> Option<u64> {
    VIRTUAL.try_with(Cell::get).ok().filter(|&now| now != REAL)
}

/// Stops this thread's time at `ticks`. False if it ran on virtual time already.
pub(super) fn begin(ticks: u64) -> bool {
    VIRTUAL.try_with(|v| v.replace(ticks) == REAL) == Ok(true)
}

/// Moves this thread's virtual time. Does nothing on real time.
pub(super) fn advance(by: u64) {
    if let Some(now) = now() {
        let _ = VIRTUAL.try_with(|v| v.set(now.saturating_add(by).min(REAL - 1)));
    }
}

/// Back to real time. False if this thread ran on it already.
pub(super) fn end() -> bool {
    VIRTUAL.try_with(|v| v.replace(REAL) != REAL) == Ok(true)
}
