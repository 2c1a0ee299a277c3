//! A trace that goes on in another task or thread.

use super::Trace;
use crate::fork;
use crate::hot::local::{Call, Current};
use crate::hot::segment::{self, Activation, Owned};
use crate::hot::{clock, pool};

/// A place in a trace, to be taken to another task or thread.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    trace: Trace,
    parent: u64,
    call: Call,
    /// The process that is in it: a forked child is not.
    process: u32,
}

impl Branch {
    /// The current place, if a trace is open.
    pub(crate) fn capture() -> Option<Self> {
        segment::with_current(|body, current| {
            body.parts.get_or_insert_default();
            Self {
                trace: Trace::of(body),
                parent: current.span(),
                call: current.call(),
                process: fork::generation(),
            }
        })
    }

    /// A segment for the work that goes on elsewhere.
    pub(crate) fn open(&self) -> Option<OpenBranch> {
        if self.process != fork::generation() {
            return None;
        }
        let owned = self.trace.open_part(self.parent, clock::ticks())?;
        let place = owned.as_current(self.parent, self.call);
        Some(OpenBranch {
            owned: Some(owned),
            place,
            trace: self.trace.clone(),
        })
    }
}

/// The segment of a task or thread that goes on with a trace. Ends when dropped.
#[derive(Debug)]
pub(crate) struct OpenBranch {
    pub(super) owned: Option<Owned>,
    pub(super) place: Current,
    pub(super) trace: Trace,
}

impl OpenBranch {
    /// Puts the thread into the trace until the returned value is dropped, which has to happen
    /// before the code that called this returns.
    pub(crate) fn activate(&self) -> Activation {
        segment::activate(self.place)
    }

    /// Puts the thread into the trace for as long as the program likes. Returns where it was before.
    pub(crate) fn enter(&self) -> Current {
        segment::enter(&self.place)
    }

    /// Ends [`enter`](Self::enter), unless the thread has left the trace already: then `former` may
    /// be a place that another thread is in by now.
    pub(crate) fn leave(&self, former: Current) {
        segment::leave(self.place, former);
    }
}

impl Drop for OpenBranch {
    fn drop(&mut self) {
        let Some(mut owned) = self.owned.take() else {
            return;
        };
        let body = owned.body();
        if body.spans.is_empty() && body.items.is_empty() {
            owned.close();
            pool::recycle(owned);
        } else {
            self.trace.finish_part(owned);
        }
    }
}
