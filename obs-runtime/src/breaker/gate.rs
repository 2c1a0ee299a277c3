//! Who may pass: the state, and the calls that a half-open breaker lets through.
//!
//! The latter are counted in a second word, `generation, 17 bits | admitted | done | failed | slow, 11 bits each`. It
//! belongs to one half-open state; the first call of the next one begins it anew. A call that has read an older
//! state can change nothing of it.

use super::sync::{AtomicU64, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed};
use super::word::{Generation, Word};

const FIELD_BITS: u32 = 11;
const FIELD_MASK: u64 = (1 << FIELD_BITS) - 1;

/// See the module.
#[derive(Debug)]
pub(super) struct Gate {
    word: AtomicU64,
    trial: AtomicU64,
}

/// The calls of a half-open state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trial {
    generation: Generation,
    /// Calls that were let through, without those that were returned undecided.
    pub(super) admitted: u32,
    /// Those of them that have ended.
    pub(super) done: u32,
    pub(super) failed: u32,
    pub(super) slow: u32,
}

/// What becomes of a call at a half-open breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    /// It is let through.
    Admitted,
    /// Enough are under way.
    Full,
    /// The breaker is in another state by now.
    Late,
}

impl Gate {
    pub(super) fn new(word: Word) -> Self {
        Self {
            word: AtomicU64::new(word.0),
            trial: AtomicU64::new(0),
        }
    }

    /// The state, for a call that only wants to pass.
    #[inline(always)]
    pub(super) fn peek(&self) -> Word {
        Word(self.word.load(Relaxed))
    }

    /// The state, with all that was done before it was entered.
    pub(super) fn word(&self) -> Word {
        Word(self.word.load(Acquire))
    }

    /// Goes from one state to another, unless it is in another one by now.
    pub(super) fn shift(&self, from: Word, to: Word) -> bool {
        self.word
            .compare_exchange(from.0, to.0, AcqRel, Relaxed)
            .is_ok()
    }

    /// Asks for one of the `permits` of a half-open state.
    pub(super) fn admit(&self, generation: Generation, permits: u32) -> Probe {
        let admitted = self.change(generation, |trial| {
            (trial.admitted < permits).then(|| Trial {
                admitted: trial.admitted + 1,
                ..trial
            })
        });
        match admitted {
            Change::Done(_) => Probe::Admitted,
            Change::Refused => Probe::Full,
            Change::Late => Probe::Late,
        }
    }

    /// Gives a permit back whose call says nothing about the callee.
    pub(super) fn give_back(&self, generation: Generation) {
        self.change(generation, |trial| {
            Some(Trial {
                admitted: trial.admitted.checked_sub(1)?,
                ..trial
            })
        });
    }

    /// Notes how a call ended, and returns how all of them did. `None` if the breaker is in another state by now.
    pub(super) fn settle(&self, generation: Generation, failed: bool, slow: bool) -> Option<Trial> {
        let settled = self.change(generation, |trial| {
            (trial.done < trial.admitted).then(|| Trial {
                done: trial.done + 1,
                failed: trial.failed + u32::from(failed),
                slow: trial.slow + u32::from(slow),
                ..trial
            })
        });
        match settled {
            Change::Done(trial) => Some(trial),
            Change::Refused | Change::Late => None,
        }
    }

    fn change(&self, generation: Generation, next: impl Fn(Trial) -> Option<Trial>) -> Change {
        let mut bits = self.trial.load(Acquire);
        loop {
            let mut trial = Trial::of(bits);
            if trial.generation.is_after(generation) {
                return Change::Late;
            }
            if trial.generation != generation {
                trial = Trial::begin(generation);
            }
            let Some(changed) = next(trial) else {
                return Change::Refused;
            };
            let exchanged = self
                .trial
                .compare_exchange(bits, changed.bits(), AcqRel, Acquire);
            match exchanged {
                Ok(_) => return Change::Done(changed),
                Err(found) => bits = found,
            }
        }
    }
}

enum Change {
    Done(Trial),
    Refused,
    Late,
}

impl Trial {
    const fn begin(generation: Generation) -> Self {
        Self {
            generation,
            admitted: 0,
            done: 0,
            failed: 0,
            slow: 0,
        }
    }

    fn of(bits: u64) -> Self {
        let field = |at: u32| ((bits >> (at * FIELD_BITS)) & FIELD_MASK) as u32;
        Self {
            generation: Generation::of_bits((bits >> (4 * FIELD_BITS)) as u32),
            admitted: field(3),
            done: field(2),
            failed: field(1),
            slow: field(0),
        }
    }

    fn bits(self) -> u64 {
        let fields = [self.admitted, self.done, self.failed, self.slow];
        fields
            .iter()
            .fold(u64::from(self.generation.bits()), |bits, &field| {
                bits << FIELD_BITS | u64::from(field) & FIELD_MASK
            })
    }
}
