//! An annotated call under way.
//!
//! One value owns the whole observation: the start time, the count of calls in
//! flight and the span. It ends in exactly one outcome, and if it is dropped
//! before that was said, the body unwound or its future was given up.

use std::marker::PhantomData;

use obs_schema::def::{CallOutcome, OperationFamily};

use crate::attribute::{self, AttributeValue, Formatted};
use crate::callsite::{Callsite, Word};
use crate::hot::block::Block;
use crate::hot::body::Item;
use crate::hot::clock;
use crate::hot::segment;
use crate::outcome::{ErrorInfo, Verdict};
use crate::series::SeriesKey;
#[cfg(feature = "log")]
use crate::series::finite_values;
use crate::span::{Ending, OpenSpan, Origin, Subject, TaskSpan};
use crate::trace::SpanContext;

/// Where the span of a call belongs, when the attribute says `parent = …`.
type Parent<'a> = Option<&'a SpanContext>;

/// What is measured of a call, without the span.
#[derive(Debug)]
struct Measure {
    callsite: &'static Callsite,
    word: Word,
    start: u64,
    /// The cells of the first metric block.
    block: Option<Block>,
    /// The combination of finite labels.
    labels: usize,
    /// The values of the labels when one of them is not finite.
    values: Option<Box<[String]>>,
    /// Whether the thread was unwinding when the call began.
    unwinding: bool,
}

impl Measure {
    #[inline]
    fn begin(callsite: &'static Callsite, word: Word, key: SeriesKey<'_>) -> Self {
        let (labels, values) = match key {
            SeriesKey::Index(index) => (index, None),
            SeriesKey::Values(values) => (0, Some(values.iter().map(|&v| v.to_owned()).collect())),
        };
        let mut block = None;
        if word.metrics()
            && let Some(first) = callsite.live().first()
        {
            block = first.block(key);
            if first.family() == OperationFamily::Operation
                && let Some(block) = block
            {
                block.begin();
            }
        }
        let unwinding = std::thread::panicking();
        Self {
            callsite,
            word,
            start: clock::ticks(),
            block,
            labels,
            values,
            unwinding,
        }
    }

    /// Counts the call and returns what its span has to know.
    #[inline]
    fn end(&self, outcome: CallOutcome) -> Ending {
        let end = clock::ticks();
        let ticks = end.saturating_sub(self.start);
        if let ([first, rest @ ..], true) = (self.callsite.live(), self.word.metrics()) {
            if let Some(block) = self.block {
                block.end(outcome, ticks, first.bounds());
            }
            for live in rest {
                if let Some(block) = self.with_key(|key| live.block(key)) {
                    block.end(outcome, ticks, live.bounds());
                }
            }
        }
        Ending {
            end,
            outcome,
            labels: self.labels as u32,
        }
    }

    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
        match &self.values {
            None => use_key(SeriesKey::Index(self.labels)),
            Some(values) => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                use_key(SeriesKey::Values(&values))
            }
        }
    }

    fn begin_span(&self, parent: Parent<'_>) -> Option<OpenSpan> {
        if !self.word.span() {
            return None;
        }
        let def = self.callsite.def();
        let origin = match parent {
            Some(parent) => Origin::Below(parent),
            None if def.root => Origin::Root,
            None => Origin::Here,
        };
        let span = OpenSpan::begin(
            Subject::Operation(def, self.labels as u32),
            origin,
            self.start,
        )?;
        if let Some(values) = &self.values {
            for (label, value) in def.labels.iter().zip(values) {
                attribute::record_static(span.id(), label.name, value.attribute_value());
            }
        }
        Some(span)
    }

    /// The outcome of a call that ends without saying how.
    fn abandoned(&self, otherwise: CallOutcome) -> CallOutcome {
        if std::thread::panicking() && !self.unwinding {
            CallOutcome::Panic
        } else {
            otherwise
        }
    }

    /// The `tracing` span of the call, if somebody else listens.
    #[cfg(feature = "log")]
    fn bridge(&self) -> Option<tracing::Span> {
        if !self.word.bridge() {
            return None;
        }
        self.with_key(|key| {
            let def = self.callsite.def();
            let values: Vec<&str> = match key {
                SeriesKey::Index(index) => finite_values(def.labels, index),
                SeriesKey::Values(values) => values.to_vec(),
            };
            self.callsite.bridge().open(&values)
        })
    }
}

/// Notes an error on the current span: only done on the error path.
#[cold]
fn record_error(span: u64, error: ErrorInfo<'_>, failed: bool) {
    attribute::record_static(span, "error.type", error.type_name.attribute_value());
    let Some(message) = error.message else { return };
    let message = attribute::written(format_args!("{message}"));
    segment::with_current(|body, _| {
        if let Some(message) = body.keep(&message) {
            body.add(Item::Status {
                span,
                error: failed,
                message,
            });
        }
    });
}

/// A synchronous call under way.
#[derive(Debug)]
#[must_use = "the call ends when this is dropped"]
pub struct Op {
    active: Option<ActiveOp>,
    stays_on_thread: PhantomData<*const ()>,
}

#[derive(Debug)]
struct ActiveOp {
    measure: Measure,
    span: Option<OpenSpan>,
    #[cfg(feature = "log")]
    bridge: Option<tracing::span::EnteredSpan>,
}

impl Op {
    /// Begins a call.
    #[inline]
    pub fn enter(callsite: &'static Callsite, key: SeriesKey<'_>, parent: Parent<'_>) -> Self {
        let word = callsite.word();
        if word.is_active() {
            Self::begin(callsite, word, key, parent)
        } else {
            Self {
                active: None,
                stays_on_thread: PhantomData,
            }
        }
    }

    #[inline(never)]
    fn begin(
        callsite: &'static Callsite,
        word: Word,
        key: SeriesKey<'_>,
        parent: Parent<'_>,
    ) -> Self {
        let measure = Measure::begin(callsite, word, key);
        let span = measure.begin_span(parent);
        let active = ActiveOp {
            #[cfg(feature = "log")]
            bridge: measure.bridge().map(tracing::Span::entered),
            measure,
            span,
        };
        Self {
            active: Some(active),
            stays_on_thread: PhantomData,
        }
    }

    /// Whether attributes are of use to anybody.
    #[inline]
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.active
            .as_ref()
            .is_some_and(|active| active.span.is_some())
    }

    /// Adds an attribute to the span.
    #[inline]
    pub fn attribute(&self, key: &'static str, value: &impl AttributeValue) {
        if let Some(span) = self.active.as_ref().and_then(|active| active.span.as_ref()) {
            attribute::record_static(span.id(), key, value.attribute_value());
        }
    }

    /// Adds an attribute that was formatted before the call began.
    pub(crate) fn formatted(&self, key: &'static str, value: &Formatted) {
        if let Some(span) = self.active.as_ref().and_then(|active| active.span.as_ref()) {
            attribute::record_ready(span.id(), key, value.as_ready());
        }
    }

    /// Goes on with the call in a future.
    pub(crate) fn suspend(mut self) -> Option<TaskOp> {
        self.active.take().map(ActiveOp::suspend)
    }

    /// Ends the call.
    #[inline]
    pub fn finish(&mut self, verdict: Verdict<'_>) {
        if let Some(active) = &mut self.active {
            active.end(verdict);
            self.active = None;
        }
    }
}

impl Drop for Op {
    #[inline]
    fn drop(&mut self) {
        if let Some(active) = &mut self.active {
            let outcome = active.measure.abandoned(CallOutcome::Ok);
            active.end(Verdict {
                outcome,
                error: None,
            });
        }
    }
}

impl ActiveOp {
    /// Counts the call and ends its span, in place: a value of this size is not worth moving.
    fn end(&mut self, verdict: Verdict<'_>) {
        let ending = self.measure.end(verdict.outcome);
        if let Some(span) = &mut self.span {
            if let Some(error) = verdict.error {
                record_error(span.id(), error, verdict.outcome == CallOutcome::Error);
            }
            span.end(ending);
        }
        #[cfg(feature = "log")]
        if let Some(bridge) = self.bridge.take() {
            crate::bridge::close(&bridge.exit(), verdict.outcome);
        }
    }

    /// Takes the call off the thread, for a future.
    fn suspend(self) -> TaskOp {
        TaskOp {
            measure: self.measure,
            id: self.span.as_ref().map_or(0, OpenSpan::id),
            span: self.span.map(OpenSpan::suspend),
            #[cfg(feature = "log")]
            bridge: self.bridge.map(tracing::span::EnteredSpan::exit),
        }
    }
}

/// A call whose body is a future.
#[derive(Debug)]
pub(crate) struct TaskOp {
    measure: Measure,
    span: Option<TaskSpan>,
    id: u64,
    #[cfg(feature = "log")]
    bridge: Option<tracing::Span>,
}

impl TaskOp {
    /// Puts the thread into the call while its future runs.
    pub(crate) fn activate(&mut self) -> TaskActivation<'_> {
        TaskActivation {
            id: if self.span.is_some() { self.id } else { 0 },
            _span: self.span.as_mut().map(TaskSpan::activate),
            #[cfg(feature = "log")]
            _bridge: self.bridge.as_ref().map(tracing::Span::enter),
            #[cfg(not(feature = "log"))]
            _bridge: PhantomData,
        }
    }

    /// Ends the call. It is not active any more.
    pub(crate) fn end(&mut self, outcome: CallOutcome) {
        let ending = self.measure.end(outcome);
        if let Some(span) = &mut self.span {
            span.end(ending);
        }
        #[cfg(feature = "log")]
        if let Some(bridge) = &self.bridge {
            crate::bridge::close(bridge, outcome);
        }
    }

    /// Ends a call whose future was dropped before it was done.
    pub(crate) fn end_abandoned(&mut self) {
        let outcome = self.measure.abandoned(CallOutcome::Cancelled);
        self.end(outcome);
    }
}

/// See [`TaskOp::activate`].
pub(crate) struct TaskActivation<'a> {
    id: u64,
    _span: Option<segment::Activation>,
    #[cfg(feature = "log")]
    _bridge: Option<tracing::span::Entered<'a>>,
    #[cfg(not(feature = "log"))]
    _bridge: PhantomData<&'a ()>,
}

impl TaskActivation<'_> {
    /// Notes on the span what a returned value says.
    pub(crate) fn note(&self, verdict: Verdict<'_>) {
        if let (Some(error), true) = (verdict.error, self.id != 0) {
            record_error(self.id, error, verdict.outcome == CallOutcome::Error);
        }
    }
}
