//! An annotated call under way.
//!
//! One value owns the whole observation: the start time, the count of calls in
//! flight and the span. It ends in exactly one outcome, and if it is dropped
//! before that was said, the body unwound or its future was given up.
//!
//! The usual call goes through two short functions, [`Op::begin_plain`] and
//! [`Op::end`]; whatever is out of the ordinary is done by others, so that
//! those two need no more than a few registers.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;

use obs_schema::def::CallOutcome;

use crate::attribute::{self, AttributeValue, Formatted};
use crate::callsite::{Callsite, Word};
use crate::hot::body::Item;
use crate::hot::{local, segment};
use crate::outcome::{ErrorInfo, Verdict};
use crate::series::SeriesKey;
#[cfg(feature = "log")]
use crate::series::finite_values;
use crate::span::{OpenSpan, Origin};
use crate::trace::SpanContext;

mod count;
mod measure;
mod task;

pub use count::Count;
use measure::{Measure, More};
pub(crate) use task::TaskOp;

/// Where the span of a call belongs, when the attribute says `parent = …`.
type Parent<'a> = Option<&'a SpanContext>;

/// A synchronous call under way.
#[derive(Debug)]
#[must_use = "the call ends when this is dropped"]
pub struct Op {
    active: Option<Active>,
    stays_on_thread: PhantomData<*const ()>,
}

/// A call that has begun.
#[derive(Debug)]
struct Active {
    measure: Measure,
    span: Option<OpenSpan>,
    /// Whether the thread was unwinding when the call began, if that matters.
    unwinding: bool,
    /// Taken out when the call ends, so that nothing has to be dropped where a call ends as usual.
    rare: ManuallyDrop<Option<Box<Rare>>>,
}

/// What few calls need.
#[derive(Debug, Default)]
struct Rare {
    /// The cells of the blocks beside the first, if the labels are not finite.
    more: Option<More>,
    /// The `tracing` span of the call, if somebody else listens.
    #[cfg(feature = "log")]
    bridge: Option<tracing::Span>,
}

impl Op {
    /// The place of a call, before it has begun.
    #[inline(always)]
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    pub const fn new() -> Self {
        Self {
            active: None,
            stays_on_thread: PhantomData,
        }
    }

    /// Begins the call.
    #[inline(always)]
    pub fn enter(&mut self, callsite: &'static Callsite, key: SeriesKey<'_>, parent: Parent<'_>) {
        let word = callsite.peek();
        if word.is_active() {
            match (key, parent) {
                (SeriesKey::Index(index), None) => self.begin_plain(callsite, word, index),
                (SeriesKey::Index(index), _) => self.begin_index(callsite, index, parent),
                (SeriesKey::Values(values), _) => self.begin_values(callsite, values, parent),
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
        if let Some(active) = &mut self.active {
            active.unwinding = std::thread::panicking();
        }
    }

    #[inline(never)]
    fn begin_plain(&mut self, callsite: &'static Callsite, word: Word, index: usize) {
        let Some(measure) = Measure::plain(callsite, word, index) else {
            return self.begin_index(callsite, index, None);
        };
        // Written where it stays, field by field: a copy would have to wait for its parts. What needs
        // the thread's own data comes after that, in a function of its own: an access to it keeps no
        // register.
        self.active.insert(Active::new(measure)).begin_here();
    }

    #[cold]
    #[inline(never)]
    fn begin_index(&mut self, callsite: &'static Callsite, index: usize, parent: Parent<'_>) {
        self.begin(callsite, SeriesKey::Index(index), parent);
    }

    #[inline(never)]
    fn begin_values(&mut self, callsite: &'static Callsite, values: &[&str], parent: Parent<'_>) {
        let key = SeriesKey::Values(values);
        self.begin(callsite, key, parent);
        if let Some(active) = &mut self.active
            && active.measure.word.has_more_blocks()
        {
            let more = measure::more_blocks(callsite, key);
            active.rare.get_or_insert_default().more = Some(more);
        }
    }

    fn begin(&mut self, callsite: &'static Callsite, key: SeriesKey<'_>, parent: Parent<'_>) {
        let word = callsite.word();
        if !word.is_active() {
            return;
        }
        let measure = Measure::begin(callsite, word, key);
        let active = self.active.insert(Active::new(measure));
        if word.span() {
            active.begin_span(parent);
            active.record_labels(key);
        }
        #[cfg(feature = "log")]
        if word.bridge() {
            active.begin_bridge(callsite, key);
        }
    }

    /// Whether the call is observed: if not, nobody has to find out how it ends.
    #[inline(always)]
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active.is_some()
    }

    /// Whether attributes are of use to anybody.
    #[inline(always)]
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.active
            .as_ref()
            .is_some_and(|active| active.span.is_some())
    }

    /// Adds an attribute to the span.
    #[inline(always)]
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

    /// Ends the call.
    #[inline(always)]
    pub fn finish(&mut self, verdict: Verdict<'_>) {
        if let Some(active) = &mut self.active {
            active.end(&verdict);
            self.active = None;
        }
    }
}

impl Drop for Op {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(active) = &mut self.active {
            active.end_unjudged();
        }
    }
}

impl Active {
    #[inline(always)]
    fn new(measure: Measure) -> Self {
        Self {
            measure,
            span: None,
            unwinding: false,
            rare: ManuallyDrop::new(None),
        }
    }

    /// The rest of the beginning of a usual call.
    #[inline(never)]
    fn begin_here(&mut self) {
        let local = local::get();
        if !self.measure.begin_here(local) {
            return self.begin_anywhere();
        }
        if self.measure.word.span() {
            match OpenSpan::child(local, self.measure.call()) {
                Some(span) => self.span = Some(span),
                None => self.begin_span(None),
            }
        }
    }

    /// The same where the thread or the clock is not as usual.
    #[cold]
    #[inline(never)]
    fn begin_anywhere(&mut self) {
        self.measure.begin_anywhere();
        if self.measure.word.span() {
            self.begin_span(None);
        }
    }

    #[inline(never)]
    fn begin_span(&mut self, parent: Parent<'_>) {
        let def = self.measure.callsite.def();
        let origin = match parent {
            Some(parent) => Origin::Below(parent),
            None if def.root => Origin::Root,
            None => Origin::Here,
        };
        let (call, start) = (self.measure.call(), self.measure.start());
        self.span = OpenSpan::begin(call, origin, start);
    }

    #[inline(never)]
    fn end(&mut self, verdict: &Verdict<'_>) {
        let local = local::get();
        let (done, end) = self.measure.end_plain(local, verdict.outcome);
        if !done {
            return self.end_any(end, verdict);
        }
        let Some(span) = &self.span else { return };
        let end = end.unwrap_or_default();
        let ended = self.measure.ended(end, verdict.outcome);
        if verdict.error.is_some() || !span.end_child(local, ended) {
            self.end_span(end, verdict);
        }
    }

    #[inline(never)]
    fn end_any(&mut self, end: Option<u64>, verdict: &Verdict<'_>) {
        let rare = self.rare.take();
        let more = rare.as_ref().and_then(|rare| rare.more.as_ref());
        let end = self.measure.end(verdict.outcome, end, more);
        self.end_span(end, verdict);
        #[cfg(feature = "log")]
        if let Some(rare) = rare {
            rare.exit();
            rare.close(verdict.outcome);
        }
    }

    /// Ends a call that did not say how: it has no value to judge, or it unwinds.
    #[inline(never)]
    fn end_unjudged(&mut self) {
        let outcome = match std::thread::panicking() && !self.unwinding {
            true => CallOutcome::Panic,
            false => CallOutcome::Ok,
        };
        self.end(&Verdict::without_error(outcome));
    }

    /// Labels that are not finite are attributes of the span; the others are known by their number.
    fn record_labels(&self, key: SeriesKey<'_>) {
        if let (SeriesKey::Values(values), Some(span)) = (key, &self.span) {
            for (label, value) in self.measure.callsite.def().labels.iter().zip(values) {
                attribute::record_static(span.id(), label.name, value.attribute_value());
            }
        }
    }

    #[inline(never)]
    fn end_span(&mut self, end: u64, verdict: &Verdict<'_>) {
        if let Some(span) = &mut self.span {
            if let Some(error) = verdict.error {
                record_error(span.id(), error, verdict.outcome == CallOutcome::Error);
            }
            span.end(self.measure.ended(end, verdict.outcome));
        }
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

#[cfg(feature = "log")]
impl Active {
    #[cold]
    fn begin_bridge(&mut self, callsite: &'static Callsite, key: SeriesKey<'_>) {
        let values: Vec<&str> = match key {
            SeriesKey::Index(index) => finite_values(callsite.def().labels, index),
            SeriesKey::Values(values) => values.to_vec(),
        };
        let rare = self.rare.get_or_insert_default();
        rare.bridge = callsite.bridge().open(&values);
        rare.enter();
    }
}

#[cfg(feature = "log")]
impl Rare {
    /// Tells the listening subscriber that the thread goes into the call.
    fn enter(&self) {
        if let Some(span) = &self.bridge {
            span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
        }
    }

    /// Tells it that the thread comes out.
    fn exit(&self) {
        if let Some(span) = &self.bridge {
            span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
        }
    }

    /// Tells it how the call ended.
    fn close(self, outcome: CallOutcome) {
        if let Some(span) = &self.bridge {
            crate::bridge::close(span, outcome);
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
