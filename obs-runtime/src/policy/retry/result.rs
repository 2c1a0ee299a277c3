//! What becomes of attempts and calls.

use crate::policy::cells::Cells;
use crate::words::words;

words! {
    /// What became of an attempt.
    pub enum AttemptResult {
        /// It went well.
        Success = "success",
        /// It failed, and another one follows.
        Retried = "retried",
        /// It failed, and was the last one.
        Exhausted = "exhausted",
        /// It failed in a way that will not change.
        NotRetryable = "not_retryable",
        /// It failed, and another one would begin after the deadline, or later than the longest time from one to the next.
        TooLate = "too_late",
        /// It failed, and too many others were retried.
        OverBudget = "over_budget",
    }
}

words! {
    /// How a call ended whose attempts are made by a retry.
    pub enum CallKind {
        /// The first attempt went well.
        SuccessfulWithoutRetry = "successful_without_retry",
        /// A later one did.
        SuccessfulWithRetry = "successful_with_retry",
        /// The first attempt failed, and there was no other.
        FailedWithoutRetry = "failed_without_retry",
        /// All attempts failed.
        FailedWithRetry = "failed_with_retry",
    }
}

/// How many there were of each.
#[derive(Debug)]
pub(super) struct Results {
    calls: Cells<{ CallKind::ALL.len() }>,
    attempts: Cells<{ AttemptResult::ALL.len() }>,
}

impl Results {
    pub(super) fn new() -> Self {
        Self {
            calls: Cells::new(),
            attempts: Cells::new(),
        }
    }

    /// Counts an attempt.
    #[inline(always)]
    pub(super) fn attempt(&self, result: AttemptResult) {
        self.attempts.add(result as u32);
    }

    /// Counts a call whose last attempt was the one with this number, from 1.
    #[inline(always)]
    pub(super) fn call(&self, last: u32, went_well: bool) {
        let kind = match (went_well, last > 1) {
            (true, false) => CallKind::SuccessfulWithoutRetry,
            (true, true) => CallKind::SuccessfulWithRetry,
            (false, false) => CallKind::FailedWithoutRetry,
            (false, true) => CallKind::FailedWithRetry,
        };
        self.calls.add(kind as u32);
    }

    pub(super) fn calls(&self) -> Vec<(CallKind, u64)> {
        CallKind::ALL.into_iter().zip(self.calls.read()).collect()
    }

    pub(super) fn attempts(&self) -> Vec<(AttemptResult, u64)> {
        let counts = self.attempts.read();
        AttemptResult::ALL.into_iter().zip(counts).collect()
    }

    pub(super) fn number_of_calls(&self) -> u64 {
        self.calls.read().iter().sum()
    }
}
