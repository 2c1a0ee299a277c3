//! The last so many calls.
//!
//! They are in a ring of words, each `tag, 17 bits | 1 | up to 23 results of 2 bits`: a result is pushed by one
//! exchange of one word. A further word says which of them is being filled, and for which state of the breaker. The tag
//! is the end of the word's number; with each state the numbers jump by more than the ring is long. So no word of an
//! earlier state is taken for one of the present, and a call that began in an earlier one can change none of it.

use super::sync::{AtomicU64, Ordering::AcqRel, Ordering::Acquire, Ordering::SeqCst};
use super::word::{GENERATION_BITS, Generation};

/// Results of one word.
pub(super) const RESULTS: u32 = 23;
const RESULT_BITS: u32 = 2 * RESULTS + 1;
const RESULTS_MASK: u64 = (1 << RESULT_BITS) - 1;
const TAG_MASK: u64 = (1 << (64 - RESULT_BITS)) - 1;
const NUMBER_BITS: u32 = 64 - GENERATION_BITS;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;
/// In a result: it failed.
const FAILED: u64 = 1;
/// In a result: it was slow.
const SLOW: u64 = 2;
const EACH_FAILED: u64 = 0x5555_5555_5555_5555;
const EACH_SLOW: u64 = EACH_FAILED << 1;

/// See the module.
#[derive(Debug)]
pub(super) struct CountWindow {
    head: AtomicU64,
    /// The number of the first word of this state.
    first: AtomicU64,
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

    /// Whether one more call that goes well would change nothing of a window of this size.
    pub(super) fn is_clean(self, size: u32) -> bool {
        self.calls == u64::from(size) && self.failed == 0 && self.slow == 0
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
    /// A window for up to `most` calls.
    pub(super) fn new(generation: Generation, most: u32) -> Self {
        // A power of two, so that no word has to be found by a division.
        let words = (most.div_ceil(RESULTS) as usize + 1).next_power_of_two();
        Self {
            head: AtomicU64::new(head(generation, 1)),
            first: AtomicU64::new(1),
            ring: (0..words).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Begins anew, for another state.
    pub(super) fn reset(&self, generation: Generation) {
        let number = self.head.load(Acquire) & NUMBER_MASK;
        let number = (number + self.ring.len() as u64 + 1) & NUMBER_MASK;
        self.first.store(number, SeqCst);
        self.head.store(head(generation, number), SeqCst);
    }

    /// Adds a result. How many have been added in this state; `None` if the breaker is in another one by now.
    pub(super) fn push(&self, generation: Generation, failed: bool, slow: bool) -> Option<u64> {
        let result = (u64::from(failed) * FAILED) | (u64::from(slow) * SLOW);
        loop {
            let head = self.head.load(Acquire);
            if head >> NUMBER_BITS != u64::from(generation.bits()) {
                return None;
            }
            let number = head & NUMBER_MASK;
            let place = self.place(number)?;
            let word = place.load(Acquire);
            let results = results(word, number).unwrap_or(1);
            if count(results) == RESULTS {
                // Whoever is first goes on to the next word.
                let next = head & !NUMBER_MASK | (number + 1) & NUMBER_MASK;
                let _ = self.head.compare_exchange(head, next, AcqRel, Acquire);
                continue;
            }
            let pushed = tag(number) << RESULT_BITS | results << 2 | result;
            if place
                .compare_exchange(word, pushed, SeqCst, Acquire)
                .is_ok()
            {
                let words = number.wrapping_sub(self.first.load(Acquire)) & NUMBER_MASK;
                return Some(words * u64::from(RESULTS) + u64::from(count(results)) + 1);
            }
        }
    }

    /// The last `size` calls.
    pub(super) fn tally(&self, size: u32) -> Tally {
        let mut tally = Tally::default();
        let mut left = size;
        let last = self.head.load(Acquire) & NUMBER_MASK;
        for back in 0..self.ring.len() as u64 {
            let number = last.wrapping_sub(back) & NUMBER_MASK;
            let word = self.place(number).map_or(0, |place| place.load(SeqCst));
            let Some(results) = results(word, number) else {
                // Nothing has been pushed to the newest yet; before the first there is none.
                if back == 0 {
                    continue;
                }
                break;
            };
            let taken = count(results).min(left);
            let newest = results & ((1 << (2 * taken)) - 1);
            tally.calls += u64::from(taken);
            tally.failed += u64::from((newest & EACH_FAILED).count_ones());
            tally.slow += u64::from((newest & EACH_SLOW).count_ones());
            left -= taken;
            if left == 0 {
                break;
            }
        }
        tally
    }

    fn place(&self, number: u64) -> Option<&AtomicU64> {
        self.ring.get(number as usize & (self.ring.len() - 1))
    }
}

fn head(generation: Generation, number: u64) -> u64 {
    u64::from(generation.bits()) << NUMBER_BITS | number
}

fn tag(number: u64) -> u64 {
    number & TAG_MASK
}

/// The results in a word, with the 1 before the first of them, if the word is that of this number.
fn results(word: u64, number: u64) -> Option<u64> {
    let results = word & RESULTS_MASK;
    (word >> RESULT_BITS == tag(number) && results != 0).then_some(results)
}

fn count(results: u64) -> u32 {
    results.ilog2() / 2
}
