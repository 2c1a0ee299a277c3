//! What expansions name, and nothing else. Not for use by hand: it may change in any release.

use std::borrow::Cow;
use std::pin::Pin;

pub use linkme;

pub use obs_schema as schema;
pub use obs_schema::def::{
    BlockDef, CallOutcome, LabelDef, MetricDef, MetricKind, OperationDef, OperationFamily,
    ServiceDef, Source, SpanKind, Values,
};
pub use obs_schema::event::EventDef;
pub use obs_schema::health::HealthCheckDef;

pub use obs_schema::resilience::{
    BreakerSettings, BulkheadSettings, RateLimitSettings, RetrySettings, Window,
};

pub use crate::attribute::{AttributeRef, AttributeValue, Debugged, Displayed};
pub use crate::breaker::site::{BREAKER_SITES, BreakerSite, KEYED_SITES, KeyedSite};
pub use crate::breaker::{Breaker, Permit};
pub use crate::callsite::{CALLSITES, Callsite};
pub use crate::debug::call::{DebugArguments, DebugCall, DebuggedFuture};
pub use crate::debug::shown::{AnyShown, DebugShown, Shown};
pub use crate::debug::site::{DEBUG_SITES, DebugSite};
pub use crate::event::{Event, EventSite, FieldValue, TokenCount};
pub use crate::health::{HEALTH_CHECKS, HealthFunction, HealthRun};
pub use crate::health::{health_of, health_of_future, local_check};
pub use crate::label::{Label, LabelText, Labels};
pub use crate::metric::{Instrument, METRIC_SETS, MetricSet};
pub use crate::observe::Later;
pub use crate::op::{Begun, Clock, Count, Observed, Op, Recorder, Task};
pub use crate::outcome::{
    ByDisplay, ByOutcome, ByOutcomeAndDisplay, ByResult, ByValue, Class, Classify, Outcome, Verdict,
};
pub use crate::policy::bulkhead::BULKHEAD_SITES;
pub use crate::policy::fate::{Fate, ValueOf, value_of};
pub use crate::policy::guarded::{
    AnyClass, ClassOf, ErrorTest, FromRejected, Guarded, OwnClass, ResultClass, class_error_if,
    class_ok_if, ignored, recorded, refused,
};
pub use crate::policy::limit::{pause, time_limited, waiting};
pub use crate::policy::rate_limit::RATE_LIMIT_SITES;
pub use crate::policy::registry::Site;
pub use crate::policy::retry::{
    Attempts, RETRY_SITES, RetryTest, Retryable, TimeOf, advice, advice_error_if, advice_ok_if,
    retry_after, retry_if,
};
pub use crate::policy::timeout::TIME_LIMIT_SITES;
pub use crate::policy::{Bulkhead, RateLimit, Rejected, Retry, TimeLimit};
pub use crate::probe::{
    AnyValue, LabelProbe, LabelValue, Probe, ProbeDefault, TypeOf, TypeOfValue, label_values,
    values_of,
};
pub use crate::rate_limit::{Calls, note_rate_limit};
pub use crate::redact::derive::{Redacted, last_characters, masked};
pub use crate::series::SeriesKey;
pub use crate::service::Service;
pub use crate::trace::SpanContext;

/// Runs the body of an annotated function. A closure that is passed to a `FnOnce` parameter may
/// return what it borrows from its captured `&mut` arguments; one that is called in place may not.
#[inline(always)]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Waits, and blocks the thread meanwhile.
#[inline]
pub fn block(time: std::time::Duration) {
    crate::hot::clock::sleep(time);
}

/// Mentions what a closure or an `async` block captures.
#[inline(always)]
pub fn capture<T>(_captured: T) {}

/// Says what a future resolves to.
#[inline(always)]
pub fn future_of<T, F: Future<Output = T>>(future: F) -> F {
    future
}

/// Puts the future of a function that returns a boxed one into its box.
#[inline]
pub fn boxed<F>(future: F) -> Pin<Box<F>> {
    Box::pin(future)
}

/// Adds a finite label to the number of a combination.
#[inline(always)]
pub fn radix<L: Label + ?Sized>(index: usize, label: &L) -> usize {
    // Never out of range for a derived label; one by hand may say anything.
    index
        .wrapping_mul(L::VALUES.len())
        .wrapping_add(label.index())
}

/// The value of a label with a closed set of values.
#[inline(always)]
pub fn label_value<L: Label + ?Sized>(label: &LabelProbe<'_, L>) -> &'static str {
    label.0.as_str()
}

/// The value of a label of any text.
#[inline(always)]
pub fn label_text<'a, L: LabelText + ?Sized>(label: &LabelProbe<'a, L>) -> Cow<'a, str> {
    label.0.label_text()
}

/// Fails the build when a rule refuses the labels of an operation, or when they make more series than
/// `budget`; `help` goes after the multiplication.
///
/// # Panics
/// In these cases. Meant for constants.
#[track_caller]
pub const fn assert_labels(operation: &OperationDef, budget: u64, help: &str) {
    obs_schema::check::assert_operation(operation);
    if let Err(error) = obs_schema::cardinality::check_operation_series(operation, budget) {
        panic!("{}", error.text().str(help).as_str());
    }
}

/// Applies `ok_if`: the call is fine exactly if `test` says so.
#[inline]
pub fn ok_if<'a, T: ?Sized>(
    verdict: Verdict<'a>,
    value: &'a T,
    test: impl ResultTest<T>,
) -> Verdict<'a> {
    verdict.with_success(test(value))
}

/// Applies `error_if`: the call is an error exactly if `test` says so.
#[inline]
pub fn error_if<'a, T: ?Sized>(
    verdict: Verdict<'a>,
    value: &'a T,
    test: impl ResultTest<T>,
) -> Verdict<'a> {
    verdict.with_success(!test(value))
}

/// What `ok_if` and `error_if` take. `Fn` is a bound of the trait, so that a closure's parameter needs no
/// type.
#[diagnostic::on_unimplemented(
    message = "`ok_if` and `error_if` take a function from a reference to the returned value to `bool`",
    label = "not a `fn(&{T}) -> bool`",
    note = "write for example `ok_if = |value| value.is_ready()`"
)]
pub trait ResultTest<T: ?Sized>: Fn(&T) -> bool {}

impl<T: ?Sized, F: Fn(&T) -> bool> ResultTest<T> for F {}

/// The span that `parent = …` names.
#[inline]
pub fn parent(parent: &impl IntoParent) -> Option<&SpanContext> {
    parent.parent()
}

/// What `parent = …` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a parent span",
    label = "not a parent",
    note = "`parent` takes a `SpanContext`, an `Option` of one, or a reference to either"
)]
pub trait IntoParent {
    /// The parent, if there is one.
    fn parent(&self) -> Option<&SpanContext>;
}

impl IntoParent for SpanContext {
    fn parent(&self) -> Option<&SpanContext> {
        Some(self)
    }
}

impl<P: IntoParent> IntoParent for Option<P> {
    fn parent(&self) -> Option<&SpanContext> {
        self.as_ref().and_then(P::parent)
    }
}

impl<P: IntoParent + ?Sized> IntoParent for &P {
    fn parent(&self) -> Option<&SpanContext> {
        (**self).parent()
    }
}
