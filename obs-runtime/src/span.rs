//! Spans under way: the one mechanism behind annotated calls, spans by hand and
//! spans of other libraries.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use obs_schema::def::{CallOutcome, OperationDef, SpanKind};

use crate::hot::body::{self, Record, Text, What};
use crate::hot::local::{self, Call, Current};
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

/// What a span that begins is of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// A call, with the combination of its finite labels.
    Operation(&'static OperationDef, u32),
    Named(&'a str, SpanKind),
}

impl Subject<'_> {
    /// The annotated call that the span is of; `None` if it belongs to the one around it.
    fn call(&self) -> Option<Call> {
        match *self {
            Self::Operation(operation, labels) => Some(Call {
                operation: Some(operation),
                labels,
            }),
            Self::Named(..) => None,
        }
    }
}

/// Where a span that begins belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// Below the current span, or at the root of a new trace.
    Here,
    /// At the root of a new trace.
    Root,
    /// Below a span of another process or task.
    Below(&'a SpanContext),
}

/// How a span ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    pub(crate) end: u64,
    pub(crate) outcome: CallOutcome,
    /// What the record says beside the subject: the combination of the operation's finite labels, or
    /// the histogram that observed a named span, or 0.
    pub(crate) labels: u32,
}

/// A span that has begun.
#[derive(Debug)]
pub(crate) struct OpenSpan {
    start: u64,
    parent: u64,
    what: What,
    place: Current,
    former: Current,
    /// The segment, if the span is the first of it.
    owned: Option<Owned>,
}

impl OpenSpan {
    /// Begins a span and makes it the thread's current one. `None`, counted, when too many traces
    /// are open.
    pub(crate) fn begin(subject: Subject<'_>, origin: Origin<'_>, start: u64) -> Option<Self> {
        let former = local::current();
        match origin {
            Origin::Here if former.is_open() => Self::child(subject, former, start),
            Origin::Here | Origin::Root => Self::root(subject, None, former, start),
            Origin::Below(parent) => Self::root(subject, Some(parent), former, start),
        }
    }

    fn child(subject: Subject<'_>, former: Current, start: u64) -> Option<Self> {
        let what = match subject {
            Subject::Operation(operation, _) => What::Operation(operation),
            Subject::Named(name, kind) => {
                let name = segment::with_current(|body, _| body.keep(name)).flatten();
                What::Named(name.unwrap_or(Text::Static("")), kind)
            }
        };
        let place = former
            .with_span(local::next_span_id())
            .with_call(subject.call().unwrap_or(former.call()));
        segment::enter(place);
        Some(Self {
            start,
            parent: former.span(),
            what,
            place,
            former,
            owned: None,
        })
    }

    fn root(
        subject: Subject<'_>,
        parent: Option<&SpanContext>,
        former: Current,
        start: u64,
    ) -> Option<Self> {
        let trace_id = match parent {
            Some(parent) => parent.trace_id,
            None => TraceId::new(local::random_trace_id())?,
        };
        let mut owned = pool::take()?;
        let body = owned.body();
        body.trace_id = trace_id.get();
        body.started = start;
        body.sampled = sampling::head(trace_id, parent, start);
        body.flags = flags(parent, body.sampled);
        if let Some(parent) = parent {
            body.parent = parent.span_id.get();
            body.remote = parent.remote;
            body.state = parent.state.clone();
        }
        body.request = context::current();
        body.capture = capture::current();
        let parent = body.parent;
        Some(Self::first(subject, owned, parent, former, start))
    }

    /// Makes a span the first of a segment whose body has been filled in.
    fn first(
        subject: Subject<'_>,
        mut owned: Owned,
        parent: u64,
        former: Current,
        start: u64,
    ) -> Self {
        let what = match subject {
            Subject::Operation(operation, _) => {
                owned.open(Some(operation), "");
                What::Operation(operation)
            }
            Subject::Named(name, kind) => {
                let kept = owned.body().keep(name).unwrap_or(Text::Static(""));
                owned.open(None, name);
                What::Named(kept, kind)
            }
        };
        let call = subject.call().unwrap_or(Call::NONE);
        let place = owned.as_current(local::next_span_id(), call);
        segment::enter(place);
        Self {
            start,
            parent,
            what,
            place,
            former,
            owned: Some(owned),
        }
    }

    /// The span's id.
    pub(crate) fn id(&self) -> u64 {
        self.place.span()
    }

    /// When it began, in ticks.
    #[cfg(feature = "log")]
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// Ends the span and makes the former one the thread's current one.
    pub(crate) fn end(&mut self, ending: Ending) {
        let place = self.place;
        if self.owned.is_none() {
            self.record_here(ending);
            segment::leave(place, self.former);
        } else {
            segment::leave(place, self.former);
            self.finish(ending);
        }
    }

    /// Takes the span off the thread, for a future that is polled later and maybe elsewhere.
    pub(crate) fn suspend(self) -> TaskSpan {
        let (trace, name) = match &self.owned {
            Some(_) => (None, None),
            None => segment::with_current(|body, _| (Trace::of(body), self.own_name(body))).unzip(),
        };
        segment::leave(self.place, self.former);
        TaskSpan {
            span: self,
            trace,
            name: name.flatten(),
        }
    }

    /// The name, if it is written in the segment.
    fn own_name(&self, body: &body::Body) -> Option<Box<str>> {
        match self.what {
            What::Named(name @ Text::Part { .. }, _) => Some(body.text(name).into()),
            What::Named(Text::Static(_), _) | What::Operation(_) => None,
        }
    }

    fn record(&self, ending: Ending) -> Record {
        Record {
            start: self.start,
            end: ending.end,
            id: self.id(),
            parent: self.parent,
            what: self.what,
            labels: ending.labels,
            outcome: ending.outcome,
        }
    }

    /// Writes the record of a span that is not the first of its segment.
    fn record_here(&self, ending: Ending) {
        let record = self.record(ending);
        let place = self.place;
        let written = local::current().same_segment(place)
            && segment::with_current(|body, _| body.push(record)).is_some();
        if !written {
            LOST.fetch_add(1, Relaxed);
        }
    }

    /// Writes the record of the first span of a segment and decides what becomes of the segment.
    fn finish(&mut self, ending: Ending) {
        let record = self.record(ending);
        let slow_secs = match self.what {
            What::Operation(operation) => operation.slow_secs,
            What::Named(..) => 0.0,
        };
        let Some(mut owned) = self.owned.take() else {
            return;
        };
        owned.close();
        owned.body().push_first(record);
        close_trace(owned, ending.end.saturating_sub(self.start), slow_secs);
    }
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
