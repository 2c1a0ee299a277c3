//! The last so many calls.
//!
//! Only the bad ones are noted, each at the number of its call, so a call that went well writes nothing here; how many
//! calls there were is the sum of the numbers that every thread counts for itself. They are in a ring of words, each
//! `number of the word, 47 bits | 8 results of 2 bits`. A result is noted by one exchange of one word, which begins the
//! word if it is still that of another number. With each state of the breaker the numbers jump by more than the ring is
//! long: no word of an earlier state is taken for one of the present, and a call that began in an earlier one can
//! change none of it.
//!
//! Calls that end at the same moment may find the same number; the later one takes the next that is free.

use super::sync::{
    AtomicU64, Ordering::AcqRel, Ordering::Acquire, Ordering::Release, Ordering::SeqCst, fence,
};
use super::word::{GENERATION_BITS, Generation};

/// Results of one word.
const RESULTS: u64 = 8;
const RESULT_BITS: u32 = 2 * RESULTS as u32;
const NUMBER_BITS: u32 = 64 - GENERATION_BITS;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;
/// In a result: it failed.
const FAILED: u64 = 1;
/// In a result: it was slow.
const SLOW: u64 = 2;
const EACH_FAILED: u64 = 0x5555;
const EACH_SLOW: u64 = EACH_FAILED << 1;
/// So many words after that of the last call are looked at, for calls that end at the same moment.
const AHEAD: u64 = 2;

/// See the module.
#[derive(Debug)]
pub(super) struct CountWindow {
    /// `generation | number of the first word` of the present state.
    first: AtomicU64,
    /// How many calls there had been when it began.
    base: AtomicU64,
    ring: Box<[AtomicU64]>,
}

/// What a window says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) calls: u64,
    pub(super) failed: u64,
    pub(super) slow: u64,
}

impl Tally {
    /// The share of failed calls; 0 if there are none.
    pub(super) fn failure_ratio(self) -> f64 {
        share(self.failed, self.calls)
    }

    /// The share of slow calls; 0 if there are none.
    pub(super) fn slow_ratio(self) -> f64 {
        share(self.slow, self.calls)
    }
}

/// Correctly rounded, so it equals the number that is written for the same share.
fn share(part: u64, whole: u64) -> f64 {
    match whole {
        0 => 0.0,
        _ => part as f64 / whole as f64,
    }
}

impl CountWindow {
    /// A window for up to `most` calls, when there were `total` so far.
    pub(super) fn new(generation: Generation, most: u32, total: u64) -> Self {
        // A power of two, so that no word has to be found by a division.
        let words = (u64::from(most).div_ceil(RESULTS) + 1 + AHEAD).next_power_of_two();
        Self {
            first: AtomicU64::new(first(generation, 1)),
            base: AtomicU64::new(total),
            ring: (0..words).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Begins anew, for another state, when there were `total` calls so far.
    pub(super) fn reset(&self, generation: Generation, total: u64) {
        let passed = total.saturating_sub(self.base.load(Acquire)) / RESULTS;
        let number = self.first.load(Acquire) + passed + self.ring.len() as u64 + 1;
        self.base.store(total, Release);
        self.first.store(first(generation, number), Release);
    }

    /// Notes a bad call, with which there are `total`. How many there are in this state; `None` if the breaker is in
    /// another one by now.
    pub(super) fn note(
        &self,
        generation: Generation,
        total: u64,
        failed: bool,
        slow: bool,
    ) -> Option<u64> {
        let first = self.first.load(Acquire);
        if first >> NUMBER_BITS != u64::from(generation.bits()) {
            return None;
        }
        let calls = self.calls(total).max(1);
        let result = (u64::from(failed) * FAILED) | (u64::from(slow) * SLOW);
        let last = calls - 1;
        let mut number = first.wrapping_add(last / RESULTS) & NUMBER_MASK;
        let mut at = last % RESULTS;
        for _ in 0..self.ring.len() {
            match self.take(number, at, result) {
                Taken::Done => break,
                Taken::Full => (number, at) = (number.wrapping_add(1) & NUMBER_MASK, 0),
            }
        }
        // Of two that end at the same moment one sees the other.
        fence(SeqCst);
        Some(calls)
    }

    /// The last `size` calls, if there were `total` so far.
    pub(super) fn tally(&self, size: u32, total: u64) -> Tally {
        let first = self.first.load(Acquire);
        let calls = self.calls(total);
        let oldest = calls.saturating_sub(u64::from(size));
        let mut bad = Tally::default();
        for word in oldest / RESULTS..=calls / RESULTS + AHEAD {
            let number = first.wrapping_add(word) & NUMBER_MASK;
            let mut results = self.results(number);
            if word == oldest / RESULTS {
                // Those before the oldest are not in the window any more.
                results = results >> (2 * (oldest % RESULTS)) << (2 * (oldest % RESULTS));
            }
            bad.failed += u64::from((results & EACH_FAILED).count_ones());
            bad.slow += u64::from((results & EACH_SLOW).count_ones());
        }
        let calls = calls.min(u64::from(size));
        Tally {
            calls: calls.max(bad.failed).max(bad.slow),
            ..bad
        }
    }

    /// How many calls there are in this state, if there were `total` so far.
    pub(super) fn calls(&self, total: u64) -> u64 {
        total.saturating_sub(self.base.load(Acquire))
    }

    /// Notes a result at this place of the word, or at the next that is free.
    fn take(&self, number: u64, at: u64, result: u64) -> Taken {
        let Some(place) = self.place(number) else {
            return Taken::Done;
        };
        let mut word = place.load(Acquire);
        loop {
            if is_later(word >> RESULT_BITS, number) {
                // So many calls have ended since that it is in no window any more.
                return Taken::Done;
            }
            let results = results(word, number);
            let Some(free) = (at..RESULTS).find(|at| results >> (2 * at) & (FAILED | SLOW) == 0)
            else {
                return Taken::Full;
            };
            let noted = number << RESULT_BITS | results | result << (2 * free);
            match place.compare_exchange(word, noted, AcqRel, Acquire) {
                Ok(_) => return Taken::Done,
                Err(found) => word = found,
            }
        }
    }

    fn results(&self, number: u64) -> u64 {
        let word = self.place(number).map_or(0, |place| place.load(Acquire));
        results(word, number)
    }

    fn place(&self, number: u64) -> Option<&AtomicU64> {
        self.ring.get(number as usize & (self.ring.len() - 1))
    }
}

/// What becomes of a result at a word.
enum Taken {
    Done,
    Full,
}

fn first(generation: Generation, number: u64) -> u64 {
    u64::from(generation.bits()) << NUMBER_BITS | number & NUMBER_MASK
}

/// The results in a word; none if it is that of another number.
fn results(word: u64, number: u64) -> u64 {
    match word >> RESULT_BITS == number {
        true => word & ((1 << RESULT_BITS) - 1),
        false => 0,
    }
}

/// Whether one number comes after another: by less than half the way around.
fn is_later(one: u64, other: u64) -> bool {
    let ahead = one.wrapping_sub(other) & NUMBER_MASK;
    ahead != 0 && ahead < NUMBER_MASK / 2
}
