//! Calls under way of a breaker that asks how long they take.
//!
//! Each sits on a seat: `counted, 1 bit | generation, 17 bits | begin, 46 bits`. So it can be seen that one is slow
//! before it ends. Whoever sees it first marks the seat, and the call is counted once.

use super::sync::{AtomicU64, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed};
use super::word::Generation;

/// Seats of one breaker. A call that finds none is slow when it ends.
const SEATS: usize = 1_024;
/// How many of them a call tries.
const TRIES: usize = 64;
const COUNTED: u64 = 1 << 63;
const BEGIN_BITS: u32 = 46;
const BEGIN_MASK: u64 = (1 << BEGIN_BITS) - 1;
/// A seat tells times apart by 65,536 ticks.
const BEGIN_UNIT: u32 = 16;

/// See the module.
#[derive(Debug)]
pub(super) struct Watch(Box<[AtomicU64]>);

/// Where a call sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat(u16);

impl Watch {
    pub(super) fn new() -> Self {
        Self((0..SEATS).map(|_| AtomicU64::new(0)).collect())
    }

    /// Takes a seat for a call that begins at this tick.
    pub(super) fn sit(&self, generation: Generation, begin: u64) -> Option<Seat> {
        // Rounded up: no call is slow too early.
        let begin_units = begin.div_ceil(1 << BEGIN_UNIT).max(1) & BEGIN_MASK;
        let word = u64::from(generation.bits()) << BEGIN_BITS | begin_units;
        // Calls that begin at other times look elsewhere first.
        let first = begin.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
        (0..TRIES).find_map(|offset| {
            let at = (first as usize + offset) % SEATS;
            let seat = self.0.get(at)?;
            let is_free = seat.load(Relaxed) == 0;
            let taken = is_free && seat.compare_exchange(0, word, AcqRel, Relaxed).is_ok();
            taken.then_some(Seat(at as u16))
        })
    }

    /// Leaves the seat. True if the call was counted as a slow one meanwhile.
    pub(super) fn leave(&self, seat: Seat) -> bool {
        let seat = self.0.get(usize::from(seat.0));
        seat.is_some_and(|seat| seat.swap(0, AcqRel) & COUNTED != 0)
    }

    /// Calls `count` for each call that has become slow, with the generation in which it began.
    pub(super) fn scan(&self, now: u64, slow: u64, mut count: impl FnMut(Generation)) {
        for seat in &self.0 {
            let word = seat.load(Acquire);
            if word == 0 || word & COUNTED != 0 {
                continue;
            }
            let begin = (word & BEGIN_MASK) << BEGIN_UNIT;
            if now.saturating_sub(begin) < slow {
                continue;
            }
            let counted = seat.compare_exchange(word, word | COUNTED, AcqRel, Relaxed);
            if counted.is_ok() {
                count(Generation::of_bits((word >> BEGIN_BITS) as u32));
            }
        }
    }
}
