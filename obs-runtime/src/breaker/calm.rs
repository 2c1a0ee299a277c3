//! Whether a call that goes well changes anything, and how many failed in a row.
//!
//! Both are in one word. While it equals that of the state, a call that goes well has nothing to write: the breaker is
//! calm. Each failure of a row takes 1 away, so the failure that ends the calm is counted by the same exchange that
//! ends it, and the next success makes the word whole again. Windows that are no rows keep what they know elsewhere and
//! only use that it is whole or not.

use super::sync::{AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::SeqCst};
use super::word::{NEVER, Word};

/// The word of no state.
const NOT_CALM: u64 = u64::MAX;

/// See the module.
#[derive(Debug)]
pub(super) struct Calm(AtomicU64);

impl Calm {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(NOT_CALM))
    }

    /// Whether a call that began in this state and went well changes nothing.
    #[inline(always)]
    pub(super) fn is_of(&self, word: Word) -> bool {
        self.0.load(Relaxed) == word.0
    }

    /// From here on calls of this state that go well change nothing; no call in a row has failed. What was written
    /// before the calm was ended is seen afterwards.
    pub(super) fn begin(&self, word: Word) {
        self.0.swap(word.0, SeqCst);
    }

    /// From here on every call changes something.
    pub(super) fn end(&self) {
        self.0.store(NOT_CALM, SeqCst);
    }

    /// One more failure of this state in a row; how many there are. `None` if the breaker is in another state by now.
    pub(super) fn fail(&self, word: Word) -> Option<u64> {
        let failed = self.0.fetch_update(SeqCst, Acquire, |found| {
            let row = row(found, word)?;
            Some(word.0 - (row + 1).min(NEVER))
        });
        row(failed.ok()?, word).map(|before| before + 1)
    }

    /// The row ends.
    pub(super) fn succeed(&self, word: Word) {
        let _ = self.0.fetch_update(SeqCst, Acquire, |found| {
            (row(found, word)? != 0).then_some(word.0)
        });
    }

    /// How many calls failed in a row.
    pub(super) fn row(&self) -> u64 {
        NEVER - (self.0.load(SeqCst) & NEVER)
    }
}

/// How many calls of the state failed in a row; `None` if what was found belongs to a later state.
fn row(found: u64, word: Word) -> Option<u64> {
    if (found ^ word.0) & !NEVER == 0 {
        return Some(word.0 - found);
    }
    let is_later = found != NOT_CALM && Word(found).generation().is_after(word.generation());
    (!is_later).then_some(0)
}
