//! What expansions name, and nothing else. Not for use by hand: it may change in any release.

pub use linkme;

pub use obs_schema as schema;
pub use obs_schema::def::{
    BlockDef, CallOutcome, LabelDef, MetricDef, MetricKind, OperationDef, OperationFamily,
    ServiceDef, Source, SpanKind, Values,
};

pub use crate::attribute::{AttributeValue, debug, display};
pub use crate::callsite::{CALLSITES, Callsite};
pub use crate::label::{Label, LabelText, Labels};
pub use crate::metric::{Instrument, METRIC_SETS, MetricSet};
pub use crate::observe::Later;
pub use crate::op::Op;
pub use crate::outcome::{
    ByDisplay, ByOutcome, ByOutcomeAndDisplay, ByResult, ByValue, Class, Classify, Outcome, Verdict,
};
pub use crate::redact::{Masked, Redacted, last_characters};
pub use crate::series::SeriesKey;
pub use crate::trace::SpanContext;

/// Runs the body of an annotated function. A closure that is passed to a `FnOnce` parameter may
/// return what it borrows from its captured `&mut` arguments; one that is called in place may not.
#[inline(always)]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Adds a finite label to the number of a combination.
#[inline(always)]
pub fn radix<L: Label + ?Sized>(index: usize, label: &L) -> usize {
    index * L::VALUES.len() + label.index()
}

/// Applies `ok_if`: the call is fine exactly if `test` says so.
#[inline]
pub fn ok_if<'a, T: ?Sized>(
    verdict: Verdict<'a>,
    value: &'a T,
    test: impl ResultTest<T>,
) -> Verdict<'a> {
    verdict.with_success(test.test(value))
}

/// Applies `error_if`: the call is an error exactly if `test` says so.
#[inline]
pub fn error_if<'a, T: ?Sized>(
    verdict: Verdict<'a>,
    value: &'a T,
    test: impl ResultTest<T>,
) -> Verdict<'a> {
    verdict.with_success(!test.test(value))
}

/// What `ok_if` and `error_if` take.
#[diagnostic::on_unimplemented(
    message = "`ok_if` and `error_if` take a function from a reference to the returned value to `bool`",
    label = "not a `fn(&{T}) -> bool`",
    note = "write for example `ok_if = |value| value.is_ready()`"
)]
pub trait ResultTest<T: ?Sized> {
    /// Whether the value passes.
    fn test(&self, value: &T) -> bool;
}

impl<T: ?Sized, F: Fn(&T) -> bool> ResultTest<T> for F {
    fn test(&self, value: &T) -> bool {
        self(value)
    }
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

/// Sets what an external API still allows, as `rate_limit_remaining = …` says it.
pub fn rate_limit_remaining(api: &str, endpoint: &str, remaining: f64) {
    crate::metric::set_rate_limit_remaining(api, endpoint, remaining);
}
