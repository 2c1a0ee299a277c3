//! A part of a trace in a segment of its own.

use std::sync::Arc;

use crate::capture::Sink;
use crate::context;
use crate::hot::body;
use crate::hot::pool;
use crate::hot::segment::Owned;
use crate::part::{self, Parts};
use crate::sampling::{self, Notable};
use crate::trace::TraceState;

/// What of a trace a task needs that may have to go on without the segment it began in.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) trace_id: u128,
    flags: u8,
    sampled: bool,
    state: TraceState,
    parts: Option<Arc<Parts>>,
    capture: Option<Arc<Sink>>,
}

impl Trace {
    pub(super) fn of(body: &body::Body) -> Self {
        Self {
            trace_id: body.trace_id,
            flags: body.flags,
            sampled: body.sampled,
            state: body.state.clone(),
            parts: body.parts.clone(),
            capture: body.capture.clone(),
        }
    }

    /// Hands a finished part over to whoever decides about the trace. Without anybody to ask, the
    /// head decision holds, and failures and slow calls are kept.
    pub(super) fn finish_part(&self, mut part: Owned) {
        part.close();
        part.body().parts = None;
        match &self.parts {
            Some(parts) => parts.finish(part),
            None => {
                let keep = sampling::keep(self.sampled, || Notable::of(part.body()));
                part::settle(part, keep);
            }
        }
    }

    /// A segment for a part of this trace below the span `parent`.
    pub(super) fn open_part(&self, parent: u64, started: u64) -> Option<Owned> {
        let mut owned = pool::take()?;
        let body = owned.body();
        body.trace_id = self.trace_id;
        body.flags = self.flags;
        body.sampled = self.sampled;
        body.state = self.state.clone();
        body.parent = parent;
        body.started = started;
        body.parts = self.parts.clone();
        body.capture = self.capture.clone();
        body.request = context::current();
        owned.open(None, "");
        Some(owned)
    }
}
