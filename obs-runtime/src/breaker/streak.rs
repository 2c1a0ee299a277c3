//! Failures in a row: `generation, 17 bits | count, 47 bits`.

use super::sync::{AtomicU64, Ordering::Acquire, Ordering::SeqCst};
use super::word::{GENERATION_BITS, Generation};

const COUNT_BITS: u32 = 64 - GENERATION_BITS;
const COUNT_MASK: u64 = (1 << COUNT_BITS) - 1;

/// See the module.
#[derive(Debug)]
pub(super) struct Streak(AtomicU64);

impl Streak {
    pub(super) fn new(generation: Generation) -> Self {
        Self(AtomicU64::new(none(generation)))
    }

    /// Begins anew, for another state.
    pub(super) fn reset(&self, generation: Generation) {
        self.0.store(none(generation), SeqCst);
    }

    /// One more failure; how many there are. `None` if the breaker is in another state by now.
    pub(super) fn fail(&self, generation: Generation) -> Option<u64> {
        let failed = self.0.fetch_update(SeqCst, Acquire, |now| {
            (now >> COUNT_BITS == u64::from(generation.bits())).then(|| now + 1)
        });
        failed.ok().map(|before| (before & COUNT_MASK) + 1)
    }

    /// The row ends.
    pub(super) fn succeed(&self, generation: Generation) {
        let _ = self.0.fetch_update(SeqCst, Acquire, |now| {
            let is_own = now >> COUNT_BITS == u64::from(generation.bits());
            (is_own && now & COUNT_MASK != 0).then(|| none(generation))
        });
    }

    /// How many failures there were in a row.
    pub(super) fn length(&self) -> u64 {
        self.0.load(SeqCst) & COUNT_MASK
    }
}

fn none(generation: Generation) -> u64 {
    u64::from(generation.bits()) << COUNT_BITS
}
