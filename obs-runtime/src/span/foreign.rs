//! A span whose life another library manages: entered and left any number of
//! times, on any thread, by several at once, and ended anywhere.
//!
//! Where the thread is in the span's trace already, entering only changes the
//! current span. Elsewhere the trace goes on in a segment that stays with the
//! span between two entries, so that what happens inside is found beside it.

use std::sync::atomic::Ordering::Relaxed;

use obs_schema::def::{CallOutcome, SpanKind};

use super::{LOST, OpenBranch, Origin, Trace, begin_segment, close_trace};
use crate::hot::body::{Body, Item, Record, Text, What};
use crate::hot::clock;
use crate::hot::local::{self, Call, Current};
use crate::hot::segment;
use crate::trace::Attribute;

/// See the module.
#[derive(Debug)]
pub(crate) struct ForeignSpan {
    id: u64,
    parent: u64,
    start: u64,
    trace: Trace,
    call: Call,
    /// Whether the trace begins with this span.
    root: bool,
    /// Whether the thread was unwinding when the span began.
    unwinding: bool,
    /// The segment that goes on elsewhere, while nobody is in it.
    resting: Option<OpenBranch>,
}

/// What is known of a foreign span when it ends.
#[derive(Debug)]
pub(crate) struct Description<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: SpanKind,
    pub(crate) failed: bool,
    pub(crate) attributes: &'a [Attribute],
    /// Trace and span.
    pub(crate) links: &'a [(u128, u64)],
}

/// A thread's stay in a foreign span.
#[derive(Debug)]
#[must_use = "the thread stays in the span until `leave`"]
pub(crate) struct Stay {
    place: Current,
    former: Current,
    branch: Option<OpenBranch>,
}

impl ForeignSpan {
    /// Begins a span below the current one. `None` outside of every trace.
    pub(crate) fn begin() -> Option<Self> {
        segment::with_current(|body, current| {
            body.parts.get_or_insert_default();
            Self::new(Trace::of(body), current.span(), current.call())
        })
    }

    /// Begins a span below another foreign one.
    pub(crate) fn begin_below(&self) -> Self {
        Self::new(self.trace.clone(), self.id, self.call)
    }

    /// Begins a span at the root of a new trace. `None`, counted, when too many are open.
    pub(crate) fn begin_root(name: &str) -> Option<Self> {
        let start = clock::ticks();
        let mut owned = begin_segment(Origin::Root, name, start)?;
        owned.open(None, name);
        let body = owned.body();
        body.parts.get_or_insert_default();
        let trace = Trace::of(body);
        let mut span = Self::new(trace.clone(), 0, Call::NONE);
        span.start = start;
        span.root = true;
        span.resting = Some(OpenBranch {
            place: owned.as_current(span.id, Call::NONE),
            owned: Some(owned),
            trace,
        });
        Some(span)
    }

    fn new(trace: Trace, parent: u64, call: Call) -> Self {
        Self {
            id: local::next_span_id(),
            parent,
            start: clock::ticks(),
            trace,
            call,
            root: false,
            unwinding: std::thread::panicking(),
            resting: None,
        }
    }

    /// The span's id.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The id of the span that it is below, or 0.
    pub(crate) fn parent(&self) -> u64 {
        self.parent
    }

    /// The ids of trace and span.
    pub(crate) fn ids(&self) -> (u128, u64) {
        (self.trace.trace_id, self.id)
    }

    /// Makes this the thread's current span.
    pub(crate) fn enter(&mut self) -> Stay {
        let here = local::current();
        let (place, branch) = if self.is_here() {
            (here.with_span(self.id).with_call(self.call), None)
        } else {
            match self.resting.take().or_else(|| self.open_part()) {
                Some(branch) => (branch.place, Some(branch)),
                // Too many traces are open. What happens inside belongs to no trace then, rather
                // than to the one that happens to be here.
                None => (Current::NONE, None),
            }
        };
        Stay {
            place,
            former: segment::enter(&place),
            branch,
        }
    }

    /// Ends a stay, made by [`ForeignSpan::enter`] of this span on this thread.
    pub(crate) fn leave(&mut self, stay: Stay) {
        if let Some(branch) = stay.leave()
            && self.resting.is_none()
        {
            self.resting = Some(branch);
        }
    }

    /// Ends the span. Nobody is in it any more.
    pub(crate) fn end(mut self, description: &Description<'_>) {
        let end = clock::ticks();
        if let Some(branch) = self.resting.take() {
            self.end_resting(branch, end, description);
        } else if self.is_here() {
            segment::with_current(|body, _| self.write(body, end, description));
        } else if let Some(mut part) = self.trace.open_part(self.parent, self.start) {
            self.write(part.body(), end, description);
            self.trace.finish_part(part);
        } else {
            LOST.fetch_add(1, Relaxed);
        }
    }

    fn end_resting(&self, mut branch: OpenBranch, end: u64, description: &Description<'_>) {
        let Some(mut owned) = branch.owned.take() else {
            return;
        };
        self.write(owned.body(), end, description);
        if self.root {
            owned.close();
            close_trace(owned, end.saturating_sub(self.start), 0.0);
        } else {
            self.trace.finish_part(owned);
        }
    }

    fn outcome(&self, description: &Description<'_>) -> CallOutcome {
        if std::thread::panicking() && !self.unwinding {
            CallOutcome::Panic
        } else if description.failed {
            CallOutcome::Error
        } else {
            CallOutcome::Ok
        }
    }

    /// Whether the thread is in the span's trace.
    fn is_here(&self) -> bool {
        segment::with_current(|body, _| body.trace_id == self.trace.trace_id).unwrap_or(false)
    }

    fn open_part(&self) -> Option<OpenBranch> {
        let owned = self.trace.open_part(self.id, clock::ticks())?;
        Some(OpenBranch {
            place: owned.as_current(self.id, self.call),
            owned: Some(owned),
            trace: self.trace.clone(),
        })
    }

    fn write(&self, body: &mut Body, end: u64, description: &Description<'_>) {
        for (key, value) in description.attributes {
            let key = body.keep_key(key);
            let value = body.keep_value(value);
            if let (Some(key), Some(value)) = (key, value) {
                let span = self.id;
                body.add(Item::Attribute { span, key, value });
            }
        }
        for &(trace, to) in description.links {
            let span = self.id;
            body.add(Item::Link { span, trace, to });
        }
        let name = body.keep(description.name).unwrap_or(Text::Static(""));
        body.push(&Record {
            start: self.start,
            end,
            id: self.id,
            parent: self.parent,
            what: What::Named(name, description.kind),
            labels: 0,
            outcome: self.outcome(description),
        });
    }
}

impl Stay {
    /// Takes the thread back to where it was. Returns the segment of the stay, if it had one of its own.
    pub(crate) fn leave(self) -> Option<OpenBranch> {
        let Self {
            place,
            former,
            mut branch,
        } = self;
        segment::leave(place, former);
        if let Some(branch) = &mut branch {
            // From here on another thread may enter the segment. Whatever on this thread still
            // points to it, such as a span whose guard outlives the stay, must not find it again.
            branch.renew();
        }
        branch
    }
}

impl OpenBranch {
    fn renew(&mut self) {
        let place = self.place;
        if let Some(owned) = &mut self.owned {
            owned.renew();
            self.place = owned.as_current(place.span(), place.call());
        }
    }
}

/// Ends the trace of a root whose end was never said, because its subscriber went away.
impl Drop for ForeignSpan {
    fn drop(&mut self) {
        if let Some(mut branch) = self.resting.take()
            && self.root
            && let Some(mut owned) = branch.owned.take()
        {
            owned.close();
            close_trace(owned, 0, 0.0);
        }
    }
}
