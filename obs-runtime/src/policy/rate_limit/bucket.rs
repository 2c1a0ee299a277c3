//! When the next call may begin: the generic cell rate algorithm, in one word.
//!
//! The word is the time at which the bucket would be full again: calls come evenly spaced from then on. A call before it
//! is let through as long as it is no more than a burst ahead.

use super::sync::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed},
};

/// See the module. All times are in ticks.
#[derive(Debug)]
pub(super) struct Bucket {
    full_at: AtomicU64,
    /// The time from one call to the next.
    interval: u64,
    /// How far ahead of its time the last call of a burst is.
    tolerance: u64,
}

/// A call that is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// How long it has to wait.
    pub(super) wait: u64,
    /// What the word was, and what it became.
    before: u64,
    after: u64,
}

impl Bucket {
    pub(super) fn new(interval: u64, burst: u32) -> Self {
        let interval = interval.max(1);
        Self {
            full_at: AtomicU64::new(0),
            interval,
            tolerance: interval.saturating_mul(u64::from(burst.saturating_sub(1))),
        }
    }

    /// Lets a call through that would wait for so long. `Err` is the time after which it would be let through.
    #[inline]
    pub(super) fn take(&self, now: u64, patience: u64) -> Result<Turn, u64> {
        let mut before = self.full_at.load(Relaxed);
        loop {
            let full_at = before.max(now);
            let wait = full_at.saturating_sub(self.tolerance).saturating_sub(now);
            if wait > patience {
                return Err(wait - patience);
            }
            let after = full_at.saturating_add(self.interval);
            let exchanged = self
                .full_at
                .compare_exchange_weak(before, after, AcqRel, Relaxed);
            match exchanged {
                Ok(_) => {
                    return Ok(Turn {
                        wait,
                        before,
                        after,
                    });
                }
                Err(found) => before = found,
            }
        }
    }

    /// Takes back a call that did not begin. Not if others have come since: they have been told when to begin, and two
    /// would be at the same time.
    pub(super) fn give_back(&self, turn: Turn) -> bool {
        self.full_at
            .compare_exchange(turn.after, turn.before, AcqRel, Relaxed)
            .is_ok()
    }

    /// How many calls could begin now.
    pub(super) fn available(&self, now: u64) -> u64 {
        let ahead = self.full_at.load(Acquire).saturating_sub(now);
        let room = self.tolerance.saturating_add(self.interval);
        room.saturating_sub(ahead) / self.interval
    }
}
