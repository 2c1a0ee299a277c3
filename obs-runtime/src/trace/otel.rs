//! The border to the `opentelemetry` crate: its ids, flags and contexts from ours and back, and a
//! propagator for programs that use both.
//!
//! ```
//! use obs_runtime::trace::{SpanContext, SpanId, TraceFlags, TraceId};
//!
//! let ours = SpanContext::new(TraceId::new(1).unwrap(), SpanId::new(2).unwrap(), TraceFlags::SAMPLED);
//! let theirs = opentelemetry::trace::SpanContext::from(&ours);
//! assert!(theirs.is_sampled());
//! assert_eq!(SpanContext::try_from(&theirs), Ok(ours));
//! ```

mod propagator;

use std::fmt;

use opentelemetry::trace as theirs;

use super::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

pub use propagator::ObsPropagator;

/// An `opentelemetry` id or context that names nothing: an id in it is all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidContext;

impl fmt::Display for InvalidContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a valid `opentelemetry` context, got an id of zeros")
    }
}

impl std::error::Error for InvalidContext {}

impl From<TraceId> for theirs::TraceId {
    fn from(id: TraceId) -> Self {
        Self::from_bytes(id.to_bytes())
    }
}

impl TryFrom<theirs::TraceId> for TraceId {
    type Error = InvalidContext;

    fn try_from(id: theirs::TraceId) -> Result<Self, InvalidContext> {
        Self::from_bytes(id.to_bytes()).ok_or(InvalidContext)
    }
}

impl From<SpanId> for theirs::SpanId {
    fn from(id: SpanId) -> Self {
        Self::from_bytes(id.to_bytes())
    }
}

impl TryFrom<theirs::SpanId> for SpanId {
    type Error = InvalidContext;

    fn try_from(id: theirs::SpanId) -> Result<Self, InvalidContext> {
        Self::from_bytes(id.to_bytes()).ok_or(InvalidContext)
    }
}

impl From<TraceFlags> for opentelemetry::TraceFlags {
    fn from(flags: TraceFlags) -> Self {
        Self::new(flags.bits())
    }
}

impl From<opentelemetry::TraceFlags> for TraceFlags {
    /// Drops the bits that W3C Trace Context level 2 does not define.
    fn from(flags: opentelemetry::TraceFlags) -> Self {
        Self::from_bits(flags.to_u8())
    }
}

impl From<&TraceState> for theirs::TraceState {
    /// Leaves out the entries that the crate refuses although level 2 allows them: `opentelemetry`
    /// 0.33 knows the key grammar of level 1.
    fn from(state: &TraceState) -> Self {
        let accepted = |entry: &(&str, &str)| Self::from_key_value([*entry]).is_ok();
        Self::from_key_value(state.iter().filter(accepted)).unwrap_or_default()
    }
}

impl From<&theirs::TraceState> for TraceState {
    /// Is empty if level 2 does not allow the entries.
    fn from(state: &theirs::TraceState) -> Self {
        state.header().parse().unwrap_or_default()
    }
}

impl From<&SpanContext> for theirs::SpanContext {
    fn from(context: &SpanContext) -> Self {
        Self::new(
            context.trace_id.into(),
            context.span_id.into(),
            context.flags.into(),
            context.remote,
            (&context.state).into(),
        )
    }
}

impl TryFrom<&theirs::SpanContext> for SpanContext {
    type Error = InvalidContext;

    fn try_from(context: &theirs::SpanContext) -> Result<Self, InvalidContext> {
        Ok(Self {
            trace_id: context.trace_id().try_into()?,
            span_id: context.span_id().try_into()?,
            flags: context.trace_flags().into(),
            remote: context.is_remote(),
            state: context.trace_state().into(),
        })
    }
}

/// The current `opentelemetry` context with our current span as its span, so that a library that is
/// instrumented with `opentelemetry` continues our trace. Outside a recorded trace it is the current
/// context as it is.
///
/// ```
/// use obs_runtime::trace::{self, otel};
/// use opentelemetry::trace::TraceContextExt;
///
/// let _capture = obs_runtime::testing::capture();
/// let _span = trace::span("work").enter();
/// let _attached = otel::context().attach();
/// // What an instrumented library sees as its parent:
/// let parent = opentelemetry::Context::current().span().span_context().clone();
/// assert_eq!(parent.trace_id().to_string(), trace::current_trace_id().unwrap().to_string());
/// ```
#[must_use]
pub fn context() -> opentelemetry::Context {
    use theirs::TraceContextExt;
    let current = opentelemetry::Context::current();
    match super::current() {
        Some(ours) => current.with_remote_span_context((&ours).into()),
        None => current,
    }
}

/// The span of an `opentelemetry` context, to become the parent of ours by `parent = …` or
/// [`SpanBuilder::parent`](super::SpanBuilder::parent). `None` if the context has none.
#[must_use]
pub fn parent_of(context: &opentelemetry::Context) -> Option<SpanContext> {
    use theirs::TraceContextExt;
    SpanContext::try_from(context.span().span_context()).ok()
}

#[cfg(test)]
mod tests;
