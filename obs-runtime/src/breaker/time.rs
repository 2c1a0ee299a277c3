//! The calls of the last so much time.
//!
//! The time is cut into slots. Only failures and slow calls are counted in them, so a call that went well writes
//! nothing here; how many calls there were is the growth of the number that every thread counts for itself, noted when
//! a slot begins. With each state of the breaker the numbers of the slots jump by more than there are, so what
//! was counted in an earlier one is not taken for the present one's.

use std::sync::PoisonError;

use super::count::Tally;
use super::sync::{
    AtomicU64, Mutex, MutexGuard, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed,
    Ordering::Release, Ordering::SeqCst, fence,
};
use super::word::{GENERATION_BITS, Generation};

/// How many slots the time has.
pub(super) const SLOTS: usize = 30;
const NUMBER_BITS: u32 = 64 - GENERATION_BITS;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;
const COUNT_BITS: u32 = 32;
const COUNT_MASK: u64 = (1 << COUNT_BITS) - 1;

/// See the module.
#[derive(Debug)]
pub(super) struct TimeWindow {
    /// `generation | number of the present slot`.
    present: AtomicU64,
    /// When the present slot ends, in ticks.
    ends: AtomicU64,
    /// How many calls there had been when the oldest slot of the window began.
    base: AtomicU64,
    slots: Box<[Slot]>,
    rolls: Mutex<Rolls>,
}

/// The calls that went wrong in a part of the time, each counted in one place. In each: `end of the number of the slot |
/// count`.
#[derive(Debug)]
struct Slot {
    failed: AtomicU64,
    slow: AtomicU64,
    both: AtomicU64,
}

/// What only the beginning of a slot changes.
#[derive(Debug)]
struct Rolls {
    /// The length of a slot in ticks.
    length: u64,
    /// When the present slot began.
    began: u64,
    number: u64,
    /// The first slot of this state.
    first: u64,
    /// How many calls there had been when each slot began.
    totals: [u64; SLOTS],
}

impl TimeWindow {
    /// A window of so many ticks.
    pub(super) fn new(generation: Generation, span: u64, now: u64) -> Self {
        let window = Self {
            present: AtomicU64::new(0),
            ends: AtomicU64::new(0),
            base: AtomicU64::new(0),
            slots: (0..SLOTS).map(|_| Slot::new()).collect(),
            rolls: Mutex::new(Rolls {
                length: slot_length(span),
                began: now,
                number: 0,
                first: 0,
                totals: [0; SLOTS],
            }),
        };
        window.reset(generation, now, 0);
        window
    }

    /// Begins anew, for another state, when there were `total` calls so far.
    pub(super) fn reset(&self, generation: Generation, now: u64, total: u64) {
        let mut rolls = self.rolls();
        rolls.number += SLOTS as u64 + 1;
        rolls.first = rolls.number;
        rolls.began = now;
        rolls.totals = [total; SLOTS];
        self.publish(&rolls, generation);
    }

    /// Changes the length of the window. What is in the slots stays there.
    pub(super) fn set_span(&self, span: u64) {
        let mut rolls = self.rolls();
        rolls.length = slot_length(span);
        self.ends.store(rolls.ends(), Release);
    }

    /// Whether a new slot has to begin.
    #[inline(always)]
    pub(super) fn is_over(&self, now: u64) -> bool {
        now >= self.ends.load(Relaxed)
    }

    /// Begins the slot of this time, when there were `total` calls so far.
    pub(super) fn roll(&self, now: u64, total: u64) {
        let mut rolls = self.rolls();
        if now < rolls.ends() {
            return;
        }
        let passed = (now - rolls.began) / rolls.length;
        rolls.began += passed * rolls.length;
        for _ in 0..passed.min(SLOTS as u64) {
            rolls.number += 1;
            let slot = (rolls.number % SLOTS as u64) as usize;
            if let Some(begun) = rolls.totals.get_mut(slot) {
                *begun = total;
            }
        }
        if passed > SLOTS as u64 {
            // All is past: no slot has a number of the window any more.
            rolls.number += SLOTS as u64;
            rolls.first = rolls.number;
        }
        let generation = Generation::of_bits((self.present.load(Relaxed) >> NUMBER_BITS) as u32);
        self.publish(&rolls, generation);
    }

    /// Counts a call that went wrong. False if the breaker is in another state by now.
    pub(super) fn count(&self, generation: Generation, failed: bool, slow: bool) -> bool {
        let present = self.present.load(Acquire);
        if present >> NUMBER_BITS != u64::from(generation.bits()) {
            return false;
        }
        let number = present & NUMBER_MASK;
        let slot = self.slot(number);
        let count = match (failed, slow) {
            (true, true) => slot.map(|slot| &slot.both),
            (true, false) => slot.map(|slot| &slot.failed),
            (false, true) => slot.map(|slot| &slot.slow),
            (false, false) => None,
        };
        count.into_iter().for_each(|count| bump(count, number));
        // Of two that end at the same moment one sees the other.
        fence(SeqCst);
        true
    }

    /// What the window says; `total` counts all calls so far.
    pub(super) fn tally(&self, total: impl FnOnce() -> u64) -> Tally {
        let number = self.present.load(Acquire) & NUMBER_MASK;
        let (mut failed, mut slow) = (0, 0);
        for number in number.saturating_sub(SLOTS as u64 - 1)..=number {
            let Some(slot) = self.slot(number) else {
                continue;
            };
            let both = count(&slot.both, number);
            failed += both + count(&slot.failed, number);
            slow += both + count(&slot.slow, number);
        }
        // After the bad ones: they are counted among all calls first.
        let calls = total().saturating_sub(self.base.load(Acquire));
        Tally {
            calls: calls.max(failed).max(slow),
            failed,
            slow,
        }
    }

    fn slot(&self, number: u64) -> Option<&Slot> {
        self.slots.get((number % SLOTS as u64) as usize)
    }

    fn rolls(&self) -> MutexGuard<'_, Rolls> {
        self.rolls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, rolls: &Rolls, generation: Generation) {
        let oldest = (rolls.number + 1)
            .saturating_sub(SLOTS as u64)
            .max(rolls.first);
        let base = rolls.totals.get((oldest % SLOTS as u64) as usize);
        self.base.store(base.copied().unwrap_or(0), Release);
        let generation = u64::from(generation.bits()) << NUMBER_BITS;
        self.present
            .store(generation | rolls.number & NUMBER_MASK, Release);
        self.ends.store(rolls.ends(), Release);
    }
}

impl Slot {
    fn new() -> Self {
        Self {
            failed: AtomicU64::new(0),
            slow: AtomicU64::new(0),
            both: AtomicU64::new(0),
        }
    }
}

impl Rolls {
    fn ends(&self) -> u64 {
        self.began.saturating_add(self.length)
    }
}

fn slot_length(span: u64) -> u64 {
    (span / SLOTS as u64).max(1)
}

fn tag(number: u64) -> u64 {
    number & COUNT_MASK
}

fn bump(slot: &AtomicU64, number: u64) {
    let _ = slot.fetch_update(AcqRel, Relaxed, |word| {
        let (found, count) = (word >> COUNT_BITS, word & COUNT_MASK);
        if found == tag(number) {
            return Some(word + u64::from(count < COUNT_MASK));
        }
        // One of a later slot is not undone by a call that is late.
        let ahead = found.wrapping_sub(tag(number)) & COUNT_MASK;
        (ahead > COUNT_MASK / 2 || word == 0).then_some(tag(number) << COUNT_BITS | 1)
    });
}

/// How many were counted in the slot of this number.
fn count(slot: &AtomicU64, number: u64) -> u64 {
    let word = slot.load(Acquire);
    match word >> COUNT_BITS == tag(number) {
        true => word & COUNT_MASK,
        false => 0,
    }
}
