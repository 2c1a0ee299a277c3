//! The smallest and the largest value of a row of cells: since the last time somebody asked, and since the start.
//!
//! The owner notes them in two cells as keys of which the greater one counts, and 0 is none. Whoever takes them moves
//! them to two further cells that the owner never touches, so what was taken is still there for those who ask for all.

use super::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

/// The extremes of a window, or of all of them, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extremes {
    pub(crate) least: u64,
    pub(crate) greatest: u64,
}

/// The cells at the end of a row that keep what was taken.
pub(super) const KEPT: usize = 2;

/// Notes a key, on the thread of the owner, and says which one counts from now on.
///
/// What the owner writes after a window was taken comes after the taking: whoever sees the new key sees the one that was
/// kept as well. Neither takes an instruction of its own on x86-64.
#[inline(always)]
pub(super) fn note(cell: &AtomicU64, key: u64) -> u64 {
    let known = cell.load(Acquire);
    if key > known {
        cell.store(key, Release);
    }
    key.max(known)
}

/// Takes the key of `cell`, after `kept` has it: whoever looks at both in between misses nothing.
pub(super) fn take(cell: &AtomicU64, kept: &AtomicU64) -> u64 {
    let mut key = cell.load(Relaxed);
    while key != 0 {
        kept.fetch_max(key, Relaxed);
        match cell.compare_exchange(key, 0, Release, Relaxed) {
            Ok(_) => break,
            Err(greater) => key = greater,
        }
    }
    key
}

/// The key since the start.
#[cfg(feature = "export")]
pub(super) fn look(cell: &AtomicU64, kept: &AtomicU64) -> u64 {
    let since_taken = cell.load(Acquire);
    since_taken.max(kept.load(Relaxed))
}
