//! A call that a breaker has let through.

use std::mem;

use super::books::CallResult;
use super::machine::{Ended, Machine};
use super::watch::Seat;
use super::word::Word;
use crate::policy::{Reason, Rejected};

/// A call that a circuit breaker has let through, until it says how it ended.
///
/// Dropped without that, it says nothing about the callee: a half-open breaker lets another call through in its
/// place. Unless the thread unwinds: a panic is a failure.
#[derive(Debug)]
#[must_use = "the call is undecided when this is dropped"]
pub struct Permit<'a> {
    pub(super) machine: &'a Machine,
    /// The state in which the call began.
    pub(super) word: Word,
    /// When it began, in ticks; 0 if nobody wants to know.
    pub(super) begin: u64,
    pub(super) seat: Option<Seat>,
}

impl Permit<'_> {
    /// The callee did what it should.
    #[inline(always)]
    pub fn success(self) {
        if self.begin == 0 && self.machine.calm.is_of(self.word) {
            self.machine.books.add(CallResult::Success);
            mem::forget(self);
        } else {
            self.end(Ended::Success);
        }
    }

    /// The callee failed.
    #[inline(always)]
    pub fn failure(self) {
        self.end(Ended::Failure);
    }

    /// The call took longer than its limit, which is a failure.
    pub fn timeout(self) {
        self.end(Ended::Timeout);
    }

    /// The same, and what the caller gets.
    #[doc(hidden)]
    pub fn timed_out(self) -> Rejected {
        let rejected = Rejected::new(self.machine.name.clone(), Reason::TimedOut, None);
        self.timeout();
        rejected
    }

    /// How the call ended says nothing about the callee.
    pub fn ignore(self) {
        self.end(Ended::Ignored);
    }

    #[inline(never)]
    fn end(self, how: Ended) {
        self.machine.end(&self, how);
        mem::forget(self);
    }
}

impl Drop for Permit<'_> {
    #[cold]
    fn drop(&mut self) {
        let how = match std::thread::panicking() {
            true => Ended::Failure,
            false => Ended::Undecided,
        };
        self.machine.end(self, how);
    }
}
