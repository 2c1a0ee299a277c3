//! A call of which nothing but the outcome is counted.

use obs_schema::def::CallOutcome;

use super::Parent;
use crate::callsite::Callsite;
use crate::hot::block::Block;
use crate::hot::local;
use crate::outcome::Verdict;
use crate::series::SeriesKey;

/// A call that is counted when it ends: what [`Op`](super::Op) is for operations with a clock or a span,
/// without either.
#[derive(Debug)]
#[must_use = "the call ends when this is dropped"]
pub struct Count {
    /// The cells, while the call is under way.
    block: Block,
    /// Whether the thread was unwinding when the call began, if that matters.
    unwinding: bool,
}

impl Count {
    /// The place of a call, before it has begun.
    #[inline(always)]
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    pub const fn new() -> Self {
        Self {
            block: Block::NONE,
            unwinding: false,
        }
    }

    /// Begins the call. It has no span, so it needs no parent.
    #[inline(always)]
    pub fn enter(&mut self, callsite: &'static Callsite, key: SeriesKey<'_>, _: Parent<'_>) {
        let word = callsite.peek();
        if word.is_active() {
            self.block = word.block().unwrap_or_else(|| find(callsite, key));
        }
    }

    /// Begins a call that ends when this is dropped, because it has no value to judge.
    #[inline(always)]
    pub fn enter_unjudged(
        &mut self,
        callsite: &'static Callsite,
        key: SeriesKey<'_>,
        parent: Parent<'_>,
    ) {
        self.unwinding = std::thread::panicking();
        self.enter(callsite, key, parent);
    }

    /// Whether the call is observed: if not, nobody has to find out how it ends.
    #[inline(always)]
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.block.is_some()
    }

    /// Ends the call.
    #[inline(always)]
    pub fn finish(&mut self, verdict: Verdict<'_>) {
        self.end(verdict.outcome);
    }

    #[inline(always)]
    fn end(&mut self, outcome: CallOutcome) {
        let block = std::mem::replace(&mut self.block, Block::NONE);
        if block.is_some() {
            match block.cells(local::get()) {
                Some(cells) => block.count(cells, outcome),
                None => count(block, outcome),
            }
        }
    }
}

impl Drop for Count {
    #[inline(always)]
    fn drop(&mut self) {
        if self.block.is_some() {
            self.end(match std::thread::panicking() && !self.unwinding {
                true => CallOutcome::Panic,
                false => CallOutcome::Ok,
            });
        }
    }
}

/// The cells for these labels, after the registration if this is the first call.
#[inline(never)]
fn find(callsite: &'static Callsite, key: SeriesKey<'_>) -> Block {
    match callsite.word().metrics() {
        true => callsite.block(0, key),
        false => Block::NONE,
    }
}

#[cold]
#[inline(never)]
fn count(block: Block, outcome: CallOutcome) {
    block.end(outcome, 0, &[]);
}
