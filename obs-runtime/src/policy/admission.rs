//! What a limit says to calls, counted.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::cells::Cells;
use crate::words::words;

words! {
    /// What a limit of rate or concurrency says to a call.
    pub enum Admission {
        /// It may begin.
        Permitted = "permitted",
        /// It may not.
        Rejected = "rejected",
        /// It was given up while it waited for its turn.
        Cancelled = "cancelled",
    }
}

/// How often each was said.
#[derive(Debug)]
pub(super) struct Admissions(Cells<{ Admission::ALL.len() }>);

impl Admissions {
    pub(super) fn new() -> Self {
        Self(Cells::new())
    }

    #[inline(always)]
    pub(super) fn add(&self, admission: Admission) {
        self.0.add(admission as u32);
    }

    pub(super) fn read(&self) -> Vec<(Admission, u64)> {
        Admission::ALL.into_iter().zip(self.0.read()).collect()
    }
}

/// A call that waits, while it does.
#[derive(Debug)]
pub(super) struct Waits<'a>(&'a AtomicU64);

impl<'a> Waits<'a> {
    pub(super) fn in_line(line: &'a AtomicU64) -> Self {
        line.fetch_add(1, Relaxed);
        Self(line)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
