//! The span of a future, which may be polled on any thread and leave the task in which it began.

use super::{Ending, OpenSpan, Trace};
use crate::hot::body::{Text, What};
use crate::hot::local::{self, Current};
use crate::hot::segment::{self, Activation};

/// A span of a future.
#[derive(Debug)]
pub(crate) struct TaskSpan {
    pub(super) span: OpenSpan,
    /// Set unless the span is the root of its trace.
    pub(super) trace: Option<Trace>,
    /// The name, where the segment that it is written in may be gone before the span ends.
    pub(super) name: Option<Box<str>>,
}

impl TaskSpan {
    /// Makes the span the thread's current one while the future is polled.
    pub(crate) fn activate(&mut self) -> Activation {
        let here = local::current();
        if self.span.owned.is_none() && !here.same_segment(self.span.place) {
            self.detach();
        }
        segment::activate(self.span.place)
    }

    /// The future has left the task in which its trace goes on: it continues in a part of its own.
    #[cold]
    fn detach(&mut self) {
        let part = self
            .trace
            .as_ref()
            .and_then(|trace| trace.open_part(self.span.parent, self.span.start));
        self.span.place = match &part {
            Some(owned) => owned.as_current(self.span.id(), self.span.place.call()),
            None => Current::NONE,
        };
        self.span.owned = part;
        if let (Some(owned), Some(name), What::Named(_, kind)) =
            (&mut self.span.owned, &self.name, self.span.what)
        {
            let name = owned.body().keep(name).unwrap_or(Text::Static(""));
            self.span.what = What::Named(name, kind);
        }
    }

    /// Ends the span. The thread is where it was before the last activation.
    pub(crate) fn end(&mut self, ending: Ending) {
        let record = self.span.record(ending);
        match (self.span.owned.take(), self.trace.take()) {
            (None, _) => self.span.record_here(ending),
            (Some(mut part), Some(trace)) => {
                part.body().push_first(record);
                trace.finish_part(part);
            }
            (owned, None) => {
                self.span.owned = owned;
                self.span.finish(ending);
            }
        }
    }
}
