//! How the calls of a breaker ended, counted by every thread for itself.

use crate::policy::cells::Cells;
use crate::words::words;

words! {
    /// How a call of a breaker ended.
    pub enum CallResult {
        /// The callee did what it should.
        Success = "success",
        /// It failed.
        Error = "error",
        /// The error says nothing about it.
        Ignored = "ignored",
        /// The call took longer than its limit.
        Timeout = "timeout",
        /// It succeeded, but slowly; or it is slow and still under way.
        Slow = "slow",
        /// The breaker did not let it through.
        CircuitOpen = "circuit_open",
    }
}

impl CallResult {
    /// Whether it says something about the callee.
    const fn is_judged(self) -> bool {
        !matches!(self, Self::Ignored | Self::CircuitOpen)
    }
}

/// How many calls ended in each way.
pub(super) type Counts = [u64; CallResult::ALL.len()];

/// The counts of a breaker. They can be those of another one before it: then they begin where it ended.
#[derive(Debug)]
pub(super) struct Books {
    cells: Cells<{ CallResult::ALL.len() }>,
    begin: Counts,
}

impl Books {
    pub(super) fn new() -> Self {
        Self {
            cells: Cells::new(),
            begin: Counts::default(),
        }
    }

    /// New books on the paper of old ones.
    pub(super) fn after(old: &Self) -> Self {
        let cells = old.cells.again();
        let begin = cells.read();
        Self { cells, begin }
    }

    /// Those of a child of `fork`, where all is counted from 0 on.
    pub(super) const fn in_child(&self) -> Self {
        Self {
            cells: self.cells.again(),
            begin: [0; CallResult::ALL.len()],
        }
    }

    #[inline(always)]
    pub(super) fn add(&self, result: CallResult) {
        self.cells.add(result as u32);
    }

    pub(super) fn read(&self) -> Counts {
        let mut counts = self.cells.read();
        for (count, begin) in counts.iter_mut().zip(&self.begin) {
            *count = count.saturating_sub(*begin);
        }
        counts
    }

    /// How many calls said something about the callee.
    pub(super) fn judged(&self) -> u64 {
        let counts = self.read();
        let judged = CallResult::ALL.iter().zip(counts);
        judged
            .filter(|(result, _)| result.is_judged())
            .map(|(_, count)| count)
            .sum()
    }
}
