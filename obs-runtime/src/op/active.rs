//! A call that a thread is in.
//!
//! The usual call goes through two short functions, [`Slot::begin_plain`] and
//! [`Active::end`]; whatever is out of the ordinary is done by others, so that
//! those two need no more than a few registers.

use std::mem::ManuallyDrop;

use obs_schema::def::CallOutcome;

use super::Parent;
use super::away::Away;
use super::measure::{self, Counted, Measure, More};
use crate::attribute::{self, AttributeValue};
use crate::callsite::{Callsite, Word};
use crate::hot::body::What;
use crate::hot::local::{self, Local};
use crate::hot::segment;
use crate::outcome::ErrorInfo;
use crate::series::SeriesKey;
#[cfg(feature = "log")]
use crate::series::finite_values;
use crate::span::{OpenSpan, Origin};

/// The place of a call: empty before it has begun, and if nobody observes it.
#[derive(Debug)]
pub(super) struct Slot(Option<Active>);

/// A call that has begun.
#[derive(Debug)]
pub(super) struct Active {
    measure: Measure,
    span: Option<OpenSpan>,
    /// Whether the thread was unwinding when the call began, if that matters.
    unwinding: bool,
    /// Taken out when the call ends, so that nothing has to be dropped where a call ends as usual.
    rare: ManuallyDrop<Option<Box<Rare>>>,
}

/// What few calls need.
#[derive(Debug, Default)]
pub(super) struct Rare {
    /// The cells of the blocks beside the first, if the labels are not finite.
    pub(super) more: Option<More>,
    /// The `tracing` span of the call, if somebody else listens.
    #[cfg(feature = "log")]
    bridge: Option<tracing::Span>,
}

impl Slot {
    /// A place without a call. No constant: of that all bytes would be copied.
    #[inline(always)]
    pub(super) const fn empty() -> Self {
        Self(None)
    }

    #[inline(always)]
    pub(super) fn get(&self) -> Option<&Active> {
        self.0.as_ref()
    }

    #[inline(always)]
    pub(super) fn get_mut(&mut self) -> Option<&mut Active> {
        self.0.as_mut()
    }

    pub(super) fn take(&mut self) -> Option<Active> {
        self.0.take()
    }

    #[inline(never)]
    pub(super) fn begin_plain(&mut self, callsite: &'static Callsite, word: Word, index: usize) {
        let Some(measure) = Measure::plain(callsite, word, index) else {
            return self.begin_index(callsite, index, None);
        };
        // Written where it stays, field by field: a copy would have to wait for its parts. What needs
        // the thread's own data comes after that, in a function of its own: an access to it keeps no
        // register.
        self.0.insert(Active::new(measure)).begin_here();
    }

    #[cold]
    #[inline(never)]
    pub(super) fn begin_index(
        &mut self,
        callsite: &'static Callsite,
        index: usize,
        parent: Parent<'_>,
    ) {
        self.begin(callsite, SeriesKey::Index(index), parent);
    }

    #[inline(never)]
    pub(super) fn begin_values(
        &mut self,
        callsite: &'static Callsite,
        values: &[&str],
        parent: Parent<'_>,
    ) {
        let key = SeriesKey::Values(values);
        self.begin(callsite, key, parent);
        if let Some(active) = &mut self.0
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
        let active = self.0.insert(Active::new(measure));
        if word.span() {
            active.begin_span(parent);
            active.record_labels(key);
        }
        #[cfg(feature = "log")]
        if word.bridge() {
            active.begin_bridge(callsite, key);
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

    /// The id of the span, if the call has one.
    #[inline(always)]
    pub(super) fn span_id(&self) -> Option<u64> {
        self.span.as_ref().map(OpenSpan::id)
    }

    /// When the call began, in ticks; 0 if nobody measures it.
    #[inline(always)]
    pub(super) fn begun(&self) -> u64 {
        self.measure.start()
    }

    /// Whether the thread knows of the call. If not, it is the same to the call what runs on which thread.
    pub(super) fn is_in_place(&self) -> bool {
        self.span.is_some() || self.rare.is_some()
    }

    /// Notes whether the thread is unwinding: then this is no sign later that the body did.
    #[inline(always)]
    pub(super) fn note_unwinding(&mut self) {
        self.unwinding = std::thread::panicking();
    }

    /// Whether the thread has begun to unwind since.
    pub(super) fn has_unwound(&self) -> bool {
        std::thread::panicking() && !self.unwinding
    }

    /// Takes the call off the thread, for a future that is polled later and maybe elsewhere.
    pub(super) fn suspend(self) -> Away {
        let rare = ManuallyDrop::into_inner(self.rare);
        #[cfg(feature = "log")]
        if let Some(rare) = &rare {
            rare.exit();
        }
        let span = self.span.map(|span| {
            let what = What::Operation(self.measure.callsite.def());
            span.suspend(what, self.measure.call(), self.measure.start())
        });
        Away::new(self.measure, span, rare, self.unwinding)
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
    pub(super) fn end(&mut self, outcome: CallOutcome, error: Option<&dyn ErrorInfo>) {
        let local = local::get();
        match self.measure.end_plain(local, outcome) {
            Counted::At(end) => self.end_here(local, end, outcome, error),
            Counted::Missed(end) => self.end_missed(local, end, outcome, error),
            Counted::Not => self.end_any(outcome, error),
        }
    }

    /// Ends the span of a usual call.
    #[inline(always)]
    fn end_here(
        &mut self,
        local: &Local,
        end: u64,
        outcome: CallOutcome,
        error: Option<&dyn ErrorInfo>,
    ) {
        let Some(span) = &self.span else { return };
        let ended = self.measure.ended(end, outcome);
        if error.is_some() || !span.end_child(local, ended) {
            self.end_span(end, outcome, error);
        }
    }

    /// Ends a usual call whose duration is not in the bucket of the last one. Apart from the usual end, which so
    /// has no value to keep over a call.
    #[inline(never)]
    fn end_missed(
        &mut self,
        local: &Local,
        end: u64,
        outcome: CallOutcome,
        error: Option<&dyn ErrorInfo>,
    ) {
        self.measure.end_missed(local, end, outcome);
        self.end_here(local, end, outcome, error);
    }

    #[inline(never)]
    fn end_any(&mut self, outcome: CallOutcome, error: Option<&dyn ErrorInfo>) {
        let rare = self.rare.take();
        let more = rare.as_ref().and_then(|rare| rare.more.as_ref());
        let end = self.measure.end(outcome, more);
        self.end_span(end, outcome, error);
        #[cfg(feature = "log")]
        if let Some(rare) = rare {
            rare.exit();
            rare.close(outcome);
        }
    }

    /// Ends a call that did not say how: it has no value to judge, or it unwinds.
    #[inline(never)]
    pub(super) fn end_unjudged(&mut self) {
        let outcome = match self.has_unwound() {
            true => CallOutcome::Panic,
            false => CallOutcome::Ok,
        };
        self.end(outcome, None);
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
    fn end_span(&mut self, end: u64, outcome: CallOutcome, error: Option<&dyn ErrorInfo>) {
        if let Some(span) = &mut self.span {
            if let Some(error) = error {
                record_error(span.id(), error, outcome == CallOutcome::Error);
            }
            span.end(self.measure.ended(end, outcome));
        }
    }
}

/// Notes an error on the current span: only done on the error path.
#[cold]
pub(super) fn record_error(span: u64, error: &dyn ErrorInfo, failed: bool) {
    attribute::record_static(span, "error.type", error.type_name().attribute_value());
    let Some(message) = error.message() else {
        return;
    };
    let message = attribute::written(format_args!("{message}"));
    segment::with_current(|body, _| body.describe(span, failed, &message));
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
    pub(super) fn enter(&self) {
        if let Some(span) = &self.bridge {
            span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
        }
    }

    /// Tells it that the thread comes out.
    pub(super) fn exit(&self) {
        if let Some(span) = &self.bridge {
            span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
        }
    }

    /// Tells it how the call ended.
    pub(super) fn close(self, outcome: CallOutcome) {
        if let Some(span) = &self.bridge {
            crate::bridge::close(span, outcome);
        }
    }
}
