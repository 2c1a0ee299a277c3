//! An annotated call under way.
//!
//! One value owns the whole observation: the start time, the count of calls in
//! flight and the span. It ends in exactly one outcome, and if it is dropped
//! before that was said, the body unwound or its future was given up.
//!
//! An expansion has little in it that depends on the function: a test of the
//! callsite's word and a call of what is here at the beginning, a test and a
//! call at the end, one landing pad. Whatever is out of the ordinary is behind
//! those calls.

use std::marker::PhantomData;

use crate::callsite::Callsite;
use crate::outcome::Verdict;
use crate::series::SeriesKey;
use crate::trace::SpanContext;

mod active;
mod away;
mod begun;
mod count;
mod measure;
mod recorder;
mod task;

use active::Slot;
pub use begun::{Begun, Clock};
pub use count::Count;
pub use recorder::Recorder;
pub use task::{Observed, Task};

/// Where the span of a call belongs, when the attribute says `parent = …`.
type Parent<'a> = Option<&'a SpanContext>;

/// A synchronous call under way.
#[derive(Debug)]
#[must_use = "the call ends when this is dropped"]
pub struct Op {
    slot: Slot,
    stays_on_thread: PhantomData<*const ()>,
}

impl Op {
    /// The place of a call, before it has begun.
    #[inline(always)]
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    pub const fn new() -> Self {
        Self {
            slot: Slot::empty(),
            stays_on_thread: PhantomData,
        }
    }

    /// Begins the call.
    #[inline(always)]
    pub fn enter(&mut self, callsite: &'static Callsite, key: SeriesKey<'_>, parent: Parent<'_>) {
        let word = callsite.peek();
        if word.is_active() {
            match (key, parent) {
                (SeriesKey::Index(index), None) => self.slot.begin_plain(callsite, word, index),
                (SeriesKey::Index(index), _) => self.slot.begin_index(callsite, index, parent),
                (SeriesKey::Values(values), _) => self.slot.begin_values(callsite, values, parent),
            }
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
        self.enter(callsite, key, parent);
        if let Some(active) = self.slot.get_mut() {
            active.note_unwinding();
        }
    }

    /// Whether the call is observed: if not, nobody has to find out how it ends.
    #[inline(always)]
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.slot.get().is_some()
    }

    /// Takes attributes, if they are of use to anybody.
    #[inline(always)]
    #[must_use]
    pub fn recorder(&self) -> Option<Recorder> {
        self.slot.get()?.span_id().map(Recorder::of)
    }

    /// Ends the call.
    #[inline(always)]
    pub fn finish(&mut self, verdict: Verdict<'_>) {
        if let Some(active) = self.slot.get_mut() {
            active.end(verdict.outcome, verdict.error);
            self.slot = Slot::empty();
        }
    }
}

impl Drop for Op {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(active) = self.slot.get_mut() {
            active.end_unjudged();
        }
    }
}

/// A call that has begun, for tests.
#[cfg(test)]
pub(crate) fn begin(callsite: &'static Callsite, key: SeriesKey<'_>, parent: Parent<'_>) -> Op {
    let mut op = Op::new();
    op.enter(callsite, key, parent);
    op
}

/// The same, of a future.
#[cfg(all(test, feature = "log"))]
pub(crate) fn begin_task(callsite: &'static Callsite, key: SeriesKey<'_>) -> Task {
    let mut task = Task::new();
    task.enter(callsite, key, None);
    task
}
