//! The span of a future, which may be polled on any thread and leave the task in which it began.

use std::sync::atomic::Ordering::Relaxed;

use obs_schema::def::CallOutcome;

use super::{Ended, LOST, Trace, end_trace, record_first};
use crate::hot::body::{Text, What};
use crate::hot::local::Current;
use crate::hot::segment::{self, Activation, Owned};

/// A span of a future.
#[derive(Debug)]
pub(crate) struct TaskSpan {
    place: Current,
    parent: u64,
    what: What,
    start: u64,
    /// The segment, if the span is the first of it.
    owned: Option<Owned>,
    /// Set unless the span is the root of its trace.
    trace: Option<Trace>,
    /// The name, where the segment that it is written in may be gone before the span ends.
    name: Option<Box<str>>,
}

impl TaskSpan {
    /// The span that a trace began with.
    pub(super) fn first(place: Current, parent: u64, what: What, start: u64, owned: Owned) -> Self {
        Self {
            place,
            parent,
            what,
            start,
            owned: Some(owned),
            trace: None,
            name: None,
        }
    }

    /// A span below another one of the same task.
    pub(super) fn child(
        place: Current,
        parent: u64,
        what: What,
        start: u64,
        trace: Option<Trace>,
        name: Option<Box<str>>,
    ) -> Self {
        Self {
            place,
            parent,
            what,
            start,
            owned: None,
            trace,
            name,
        }
    }

    /// The span's id.
    #[inline(always)]
    pub(crate) fn id(&self) -> u64 {
        self.place.span()
    }

    /// Makes the span the thread's current one while the future is polled. Returns where the thread was.
    #[inline(always)]
    pub(crate) fn enter(&mut self) -> Current {
        if !self.has_segment() && !segment::is_in(self.place) {
            self.detach();
        }
        segment::enter(&self.place)
    }

    /// Where the thread is while the future is polled. Without a segment of its own the span can only go there
    /// on a thread that is in that of its task.
    #[inline(always)]
    pub(crate) fn place(&self) -> Current {
        self.place
    }

    /// Whether the span has a segment of its own.
    #[inline(always)]
    pub(crate) fn has_segment(&self) -> bool {
        self.owned.is_some()
    }

    /// The same until the returned value is dropped.
    pub(crate) fn activate(&mut self) -> Activation {
        Activation::new(self.enter())
    }

    /// The future has left the task in which its trace goes on: it continues in a part of its own.
    #[cold]
    #[inline(never)]
    fn detach(&mut self) {
        // In a forked child the trace is the parent's.
        let trace = self.trace.as_ref().filter(|_| !self.place.is_inherited());
        let part = trace.and_then(|trace| trace.open_part(self.parent, self.start));
        self.place = match &part {
            Some(owned) => owned.as_current(self.id(), self.place.call()),
            None => Current::NONE,
        };
        self.owned = part;
        if let (Some(owned), Some(name), What::Named(_, kind)) =
            (&mut self.owned, &self.name, self.what)
        {
            let name = owned.body().keep(name).unwrap_or(Text::Static(""));
            self.what = What::Named(name, kind);
        }
    }

    /// Ends the span. The thread is where it was before the last activation.
    pub(crate) fn end(&mut self, end: u64, outcome: CallOutcome, labels: u32) {
        let id = self.id();
        let ended = Ended {
            what: self.what,
            start: self.start,
            end,
            outcome,
            labels,
        };
        match (self.owned.take(), self.trace.take()) {
            (None, _) => {
                if !segment::record(self.place, ended.record(id, self.parent)) {
                    LOST.fetch_add(1, Relaxed);
                }
            }
            (Some(mut part), Some(trace)) => {
                record_first(part.body(), &ended.record(id, self.parent));
                trace.finish_part(part);
            }
            (Some(owned), None) => end_trace(owned, id, ended),
        }
    }
}
