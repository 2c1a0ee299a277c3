//! Limits of concurrency.

use core::time::Duration;

use super::zero;
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// How many calls run at the same time, and what becomes of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkheadSettings {
    /// How many calls may run at the same time.
    pub concurrent: u32,
    /// How many more may wait for their turn.
    pub queue: u32,
    /// For how long each of these waits before it is rejected.
    pub wait: Duration,
}

impl BulkheadSettings {
    /// The most calls that can run at the same time, and the most that can wait.
    pub const MAX: u32 = 1_000_000;

    /// Ten calls, and none waits.
    pub const DEFAULT: Self = Self {
        concurrent: 10,
        queue: 0,
        wait: Duration::ZERO,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(zero("concurrent", self.concurrent as u64))
            .and(too_many("concurrent", self.concurrent))
            .and(too_many("queue", self.queue))
            .and(self.waiting())
    }

    /// [`BulkheadSettings::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn waiting(&self) -> Option<Finding> {
        let (path, message, help) = match (self.queue, self.wait.is_zero()) {
            (0, false) => (
                "wait",
                "`wait` is set but `queue` is 0, so no call could wait",
                "add `queue = 10`, or remove `wait`",
            ),
            (1.., true) => (
                "queue",
                "`queue` is set but `wait` is not, so no call would wait",
                "add `wait = \"100ms\"`, or remove `queue`",
            ),
            _ => return None,
        };
        let message = Message::new().str(message);
        Some(Finding::new("bulkhead.queue", path, message, help))
    }
}

const fn too_many(path: &'static str, calls: u32) -> Option<Finding> {
    if calls <= BulkheadSettings::MAX {
        return None;
    }
    let message = Message::new()
        .name(path)
        .str(" must be at most ")
        .number(BulkheadSettings::MAX as u64)
        .str(", got ")
        .number(calls as u64);
    Some(Finding::new("number.range", path, message, ""))
}

impl Default for BulkheadSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
