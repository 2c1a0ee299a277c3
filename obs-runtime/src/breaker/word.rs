//! The state of a circuit breaker in one word: `state, 3 bits | generation, 17 bits | deadline, 44 bits`.
//!
//! So a call finds out by one load that the breaker is closed, and by a second comparison whether an open one may
//! be tried. A deadline is in units of 65,536 ticks, which is some 20 µs where a tick is a cycle.

use std::fmt;

use crate::words::words;

const STATE_SHIFT: u32 = 61;
const GENERATION_SHIFT: u32 = 44;
pub(super) const GENERATION_BITS: u32 = STATE_SHIFT - GENERATION_SHIFT;
const GENERATION_MASK: u32 = (1 << GENERATION_BITS) - 1;
const DEADLINE_MASK: u64 = (1 << GENERATION_SHIFT) - 1;
const DEADLINE_UNIT: u32 = 16;
/// A deadline that never comes.
pub(super) const NEVER: u64 = DEADLINE_MASK;

words! {
    /// What a circuit breaker does with calls.
    #[derive(PartialOrd, Ord)]
    pub enum State {
        /// It lets calls through and looks at how they end.
        Closed = "closed",
        /// The same, but it never opens.
        MetricsOnly = "metrics_only",
        /// It lets calls through and looks at nothing.
        Disabled = "disabled",
        /// It lets a few calls through to see whether the callee is well again.
        HalfOpen = "half_open",
        /// It rejects calls, until it is time to try some.
        Open = "open",
        /// It rejects calls, until somebody says otherwise.
        ForcedOpen = "forced_open",
    }
}

impl State {
    /// The value of `circuit_breaker_state`: 0 if all calls are let through, 1 if none is, 0.5 if some are.
    #[must_use]
    pub const fn gauge(self) -> f64 {
        match self {
            Self::Closed | Self::MetricsOnly | Self::Disabled => 0.0,
            Self::HalfOpen => 0.5,
            Self::Open | Self::ForcedOpen => 1.0,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which of the states that a breaker has been in one after the other. It starts again after 131,072 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Generation(u32);

impl Generation {
    pub(super) const FIRST: Self = Self(1);

    pub(super) const fn of_bits(bits: u32) -> Self {
        Self(bits & GENERATION_MASK)
    }

    pub(super) const fn bits(self) -> u32 {
        self.0
    }

    pub(super) const fn next(self) -> Self {
        Self::of_bits(self.0.wrapping_add(1))
    }

    /// Whether it comes after the other one: by less than half the way around.
    pub(super) const fn is_after(self, other: Self) -> bool {
        let ahead = self.0.wrapping_sub(other.0) & GENERATION_MASK;
        ahead != 0 && ahead <= GENERATION_MASK / 2
    }
}

/// See the module.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(pub(super) u64);

impl Word {
    /// `deadline` in ticks; `None` for never.
    pub(super) const fn new(state: State, generation: Generation, deadline: Option<u64>) -> Self {
        let deadline = match deadline {
            // Rounded up: never too early.
            Some(ticks) if ticks.div_ceil(1 << DEADLINE_UNIT) < NEVER => {
                ticks.div_ceil(1 << DEADLINE_UNIT)
            }
            _ => NEVER,
        };
        Self((state as u64) << STATE_SHIFT | (generation.0 as u64) << GENERATION_SHIFT | deadline)
    }

    /// Whether results are looked at in a window.
    pub(super) const fn has_window(self) -> bool {
        matches!(self.state(), State::Closed | State::MetricsOnly)
    }

    /// Whether the breaker is closed.
    #[inline(always)]
    pub(super) const fn is_closed(self) -> bool {
        self.0 >> STATE_SHIFT == State::Closed as u64
    }

    pub(super) const fn state(self) -> State {
        match self.0 >> STATE_SHIFT {
            1 => State::MetricsOnly,
            2 => State::Disabled,
            3 => State::HalfOpen,
            4 => State::Open,
            5 => State::ForcedOpen,
            _ => State::Closed,
        }
    }

    pub(super) const fn generation(self) -> Generation {
        Generation::of_bits((self.0 >> GENERATION_SHIFT) as u32)
    }

    /// When the state is to change, in ticks.
    pub(super) const fn deadline(self) -> Option<u64> {
        match self.0 & DEADLINE_MASK {
            NEVER => None,
            deadline => Some(deadline << DEADLINE_UNIT),
        }
    }

    /// Whether it is time for that.
    #[inline(always)]
    pub(super) const fn is_due(self, now: u64) -> bool {
        let deadline = self.0 & DEADLINE_MASK;
        deadline != NEVER && now >> DEADLINE_UNIT >= deadline
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Word")
            .field("state", &self.state())
            .field("generation", &self.generation().0)
            .field("deadline", &self.deadline())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_holds_its_parts() {
        for state in State::ALL {
            let generation = Generation::of_bits(100_000);
            let word = Word::new(state, generation, Some(1 << 30));
            assert_eq!((word.state(), word.generation()), (state, generation));
            assert_eq!(word.deadline(), Some(1 << 30));
            assert_eq!(word.is_closed(), state == State::Closed);
        }
    }

    #[test]
    fn a_deadline_is_never_early_and_hardly_late() {
        let at = (1 << 40) + 1;
        let word = Word::new(State::Open, Generation::FIRST, Some(at));
        assert!(!word.is_due(at - 1) && word.is_due(at + (1 << DEADLINE_UNIT)));
        let never = Word::new(State::Open, Generation::FIRST, Some(u64::MAX));
        assert!(never.deadline().is_none() && !never.is_due(u64::MAX));
    }

    #[test]
    fn generations_go_around() {
        let last = Generation::of_bits(GENERATION_MASK);
        assert_eq!(last.next(), Generation(0));
        assert!(last.next().is_after(last) && !last.is_after(last.next()));
        assert!(!last.is_after(last));
    }
}
