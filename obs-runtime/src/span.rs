//! Spans under way: the one mechanism behind annotated calls, spans by hand and
//! spans of other libraries.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use obs_schema::def::{CallOutcome, SpanKind};

use crate::hot::alone::alone;
use crate::hot::body::{self, Body, Record, Text, What};
use crate::hot::local::{self, Call, Current, Local};
use crate::hot::pool;
use crate::hot::segment::{self, Owned};
use crate::part::settle;
use crate::sampling::{self, Notable};
use crate::trace::{SpanContext, SpanId, TraceFlags, TraceId};
use crate::{capture, context};

mod branch;
#[cfg(feature = "log")]
pub(crate) mod foreign;
mod part;
mod task;

pub(crate) use branch::{Branch, OpenBranch};
use part::Trace;
pub(crate) use task::TaskSpan;

/// Spans that ended where their trace could no longer be found.
pub(crate) static LOST: AtomicU64 = AtomicU64::new(0);

/// Where a span that begins belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// Below the current span, or at the root of a new trace.
    Here,
    /// At the root of a new trace.
    Root,
    /// Below a span of another process or task.
    Below(&'a SpanContext),
    /// Where a caller said: below its span if it named one, and recorded as it decided if it has decided.
    Asked {
        parent: Option<&'a SpanContext>,
        sampled: Option<bool>,
    },
}

/// What is known of a span when it ends, beside its place in the trace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) what: What,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) outcome: CallOutcome,
    /// What the record says beside the subject: the combination of the operation's finite labels, or
    /// the histogram that observed a named span, or 0.
    pub(crate) labels: u32,
}

/// The place in its trace of a span that has begun on this thread.
#[derive(Debug)]
pub(crate) struct OpenSpan {
    id: u64,
    former: Current,
    /// The segment, if the span is the first of it.
    owned: Option<Owned>,
}

/// A span that has begun on this thread and is not that of an annotated call.
#[derive(Debug)]
pub(crate) struct NamedSpan {
    open: OpenSpan,
    what: What,
    start: u64,
}

impl OpenSpan {
    /// Begins the span of a call and makes it the thread's current one. `None`, counted, when too many traces
    /// are open.
    pub(crate) fn begin(call: Call, origin: Origin<'_>, start: u64) -> Option<Self> {
        if let Origin::Here = origin
            && let Some((id, former)) = segment::begin_child_seeding(Some(call))
        {
            let owned = None;
            return Some(Self { id, former, owned });
        }
        let mut owned = begin_segment(origin, call.operation.map_or("", |o| o.name), start)?;
        owned.open(call.operation, "");
        Some(Self::first(owned, call))
    }

    /// The same below the current span, if a trace is open.
    #[inline(always)]
    pub(crate) fn child(local: &Local, call: Call) -> Option<Self> {
        let (id, former) = segment::begin_child(local, Some(call))?;
        Some(Self {
            id,
            former,
            owned: None,
        })
    }

    /// Makes a span the first of a segment that is open.
    fn first(owned: Owned, call: Call) -> Self {
        let id = local::next_span_id();
        Self {
            id,
            former: segment::enter(&owned.as_current(id, call)),
            owned: Some(owned),
        }
    }

    /// The span's id.
    #[inline(always)]
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Ends the span and makes the former one the thread's current one, if the span has not begun a trace and
    /// the thread is in it; otherwise nothing is done.
    #[inline(always)]
    pub(crate) fn end_child(&self, local: &Local, ended: Ended) -> bool {
        let record = ended.record(self.id, self.former.span());
        self.owned.is_none() && segment::end_child(local, &self.former, &record)
    }

    /// Ends the span and makes the former one the thread's current one.
    pub(crate) fn end(&mut self, ended: Ended) {
        if self.owned.is_some() {
            self.end_first(ended);
        } else {
            let record = ended.record(self.id, self.former.span());
            if !segment::record(self.former, record) {
                LOST.fetch_add(1, Relaxed);
            }
            segment::leave(self.former, self.former);
        }
    }

    /// Ends a span that is the first of its segment, and decides what becomes of the segment.
    #[inline(never)]
    fn end_first(&mut self, ended: Ended) {
        let Some(owned) = self.owned.take() else {
            return;
        };
        segment::leave(owned.as_current(self.id, Call::NONE), self.former);
        end_trace(owned, self.id, ended);
    }

    /// Takes the span of a call off the thread, for a future that is polled later and maybe elsewhere.
    pub(crate) fn suspend(self, what: What, call: Call, start: u64) -> TaskSpan {
        let Self { id, former, owned } = self;
        let task = match owned {
            Some(mut owned) => {
                let place = owned.as_current(id, call);
                let parent = owned.body().parent;
                TaskSpan::first(place, parent, what, start, owned)
            }
            None => {
                let place = former.with_span(id).with_call(call);
                // A guard that lives on in the future may have taken the thread elsewhere.
                segment::return_to(&place);
                let (trace, name) =
                    segment::with_current(|body, _| (Trace::of(body), own_name(body, what)))
                        .unzip();
                TaskSpan::child(place, former.span(), what, start, trace, name.flatten())
            }
        };
        segment::return_to(&former);
        task
    }
}

/// Writes the record of the span that a trace began with, and decides what becomes of the segment.
fn end_trace(mut owned: Owned, id: u64, ended: Ended) {
    owned.close();
    let body = owned.body();
    record_first(body, &ended.record(id, body.parent));
    let slow_secs = match ended.what {
        What::Operation(operation) => operation.slow_secs,
        What::Named(..) => 0.0,
    };
    close_trace(owned, ended.end.saturating_sub(ended.start), slow_secs);
}

/// Writes the record of the span that a segment began with.
fn record_first(body: &mut Body, record: &Record) {
    if body.has_room() {
        body.push_first(record);
    } else if alone(|| body.push_first(record)).is_none() {
        LOST.fetch_add(1, Relaxed);
    }
}

impl Ended {
    #[inline(always)]
    fn record(self, id: u64, parent: u64) -> Record {
        Record {
            start: self.start,
            end: self.end,
            id,
            parent,
            what: self.what,
            labels: self.labels,
            outcome: self.outcome,
        }
    }
}

impl NamedSpan {
    /// Begins a span and makes it the thread's current one. `None`, counted, when too many traces
    /// are open.
    pub(crate) fn begin(
        name: &str,
        kind: SpanKind,
        origin: Origin<'_>,
        start: u64,
    ) -> Option<Self> {
        let (open, kept) = match origin {
            Origin::Here if local::current().is_open() => {
                let kept = segment::with_current(|body, _| body.keep(name)).flatten();
                let (id, former) = segment::begin_child_seeding(None)?;
                let owned = None;
                (OpenSpan { id, former, owned }, kept)
            }
            _ => {
                let mut owned = begin_segment(origin, name, start)?;
                let kept = owned.body().keep(name);
                owned.open(None, name);
                (OpenSpan::first(owned, Call::NONE), kept)
            }
        };
        Some(Self {
            open,
            what: What::Named(kept.unwrap_or(Text::Static("")), kind),
            start,
        })
    }

    /// The span's id.
    pub(crate) fn id(&self) -> u64 {
        self.open.id
    }

    /// Ends the span and makes the former one the thread's current one.
    pub(crate) fn end(&mut self, end: u64, outcome: CallOutcome) {
        self.open.end(Ended {
            what: self.what,
            start: self.start,
            end,
            outcome,
            labels: 0,
        });
    }

    /// Takes the span off the thread, for a future that is polled later and maybe elsewhere.
    pub(crate) fn suspend(self) -> TaskSpan {
        let call = match self.open.owned {
            Some(_) => Call::NONE,
            None => self.open.former.call(),
        };
        self.open.suspend(self.what, call, self.start)
    }
}

/// The name, if it is written in the segment.
fn own_name(body: &body::Body, what: What) -> Option<Box<str>> {
    match what {
        What::Named(name @ Text::Part { .. }, _) => Some(body.text(name).into()),
        What::Named(Text::Static(_), _) | What::Operation(_) => None,
    }
}

/// A segment for a new trace, or for the part of another process's trace that happens here.
fn begin_segment(origin: Origin<'_>, name: &str, start: u64) -> Option<Owned> {
    let (parent, asked) = match origin {
        Origin::Below(parent) => (Some(parent), Some(parent.flags)),
        Origin::Asked { parent, sampled } => {
            let flags = sampled.map(|sampled| TraceFlags::NONE.with_sampled(sampled));
            (parent, flags)
        }
        Origin::Here | Origin::Root => (None, None),
    };
    let trace_id = match parent {
        Some(parent) => parent.trace_id,
        None => TraceId::new(local::random_trace_id())?,
    };
    let mut owned = pool::take()?;
    let body = owned.body();
    body.trace_id = trace_id.get();
    body.started = start;
    body.sampled = sampling::head(name, trace_id, asked, start);
    body.flags = flags(parent, body.sampled);
    if let Some(parent) = parent {
        body.parent = parent.span_id.get();
        body.remote = parent.remote;
        body.state = parent.state.clone();
    }
    body.request = context::current();
    body.capture = capture::current();
    Some(owned)
}

/// Decides about a trace whose root has ended.
fn close_trace(mut owned: Owned, ticks: u64, slow_secs: f64) {
    let body = owned.body();
    let parts = body.parts.take();
    let keep = sampling::keep(body.sampled, || {
        let mut notable = Notable::of(body);
        notable.slow |= sampling::is_slow_root(ticks, slow_secs);
        match &parts {
            Some(parts) => notable.or(parts.notable()),
            None => notable,
        }
    });
    settle(owned, keep);
    if let Some(parts) = parts {
        parts.decide(keep);
    }
}

fn flags(parent: Option<&SpanContext>, sampled: bool) -> u8 {
    let inherited = parent.map_or(TraceFlags::RANDOM, |parent| parent.flags);
    inherited.with_sampled(sampled).bits()
}

/// The ids of the current span, to be handed to another process.
pub(crate) fn current_context() -> Option<SpanContext> {
    let (trace_id, span_id, flags, state) = segment::with_current(|body, current| {
        (
            body.trace_id,
            current.span(),
            body.flags,
            body.state.clone(),
        )
    })?;
    Some(SpanContext {
        trace_id: TraceId::new(trace_id)?,
        span_id: SpanId::new(span_id)?,
        flags: TraceFlags::from_bits(flags),
        remote: false,
        state,
    })
}
