//! What becomes of attempts and calls.

use crate::policy::cells::Cells;

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AttemptResult {
    /// It went well.
    Success = 0,
    /// It failed, and another one follows.
    Retried = 1,
    /// It failed, and was the last one.
    Exhausted = 2,
    /// It failed in a way that will not change.
    NotRetryable = 3,
    /// It failed, and another one would begin after the deadline, or later than the longest time from one to the next.
    TooLate = 4,
    /// It failed, and too many others were retried.
    OverBudget = 5,
}

impl AttemptResult {
    /// Every result, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Success,
        Self::Retried,
        Self::Exhausted,
        Self::NotRetryable,
        Self::TooLate,
        Self::OverBudget,
    ];

    /// The label `result`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Retried => "retried",
            Self::Exhausted => "exhausted",
            Self::NotRetryable => "not_retryable",
            Self::TooLate => "too_late",
            Self::OverBudget => "over_budget",
        }
    }
}

/// How a call ended whose attempts are made by a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CallKind {
    /// The first attempt went well.
    SuccessfulWithoutRetry = 0,
    /// A later one did.
    SuccessfulWithRetry = 1,
    /// The first attempt failed, and there was no other.
    FailedWithoutRetry = 2,
    /// All attempts failed.
    FailedWithRetry = 3,
}

impl CallKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 4] = [
        Self::SuccessfulWithoutRetry,
        Self::SuccessfulWithRetry,
        Self::FailedWithoutRetry,
        Self::FailedWithRetry,
    ];

    /// The label `kind`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SuccessfulWithoutRetry => "successful_without_retry",
            Self::SuccessfulWithRetry => "successful_with_retry",
            Self::FailedWithoutRetry => "failed_without_retry",
            Self::FailedWithRetry => "failed_with_retry",
        }
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
