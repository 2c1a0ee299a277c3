//! What one form says about the trace, and the texts that the forms share.

use crate::trace::{SpanContext, SpanId, TraceFlags, TraceId};

/// What a caller says about its trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// The caller's span.
    pub(super) parent: Option<SpanContext>,
    /// Whether the caller wants the trace recorded; `None` leaves it to this process.
    pub(super) sampled: Option<bool>,
}

impl Claim {
    /// A parent and its decision.
    pub(super) fn below(trace_id: TraceId, span_id: SpanId, flags: Option<TraceFlags>) -> Self {
        let mut parent = SpanContext::new(trace_id, span_id, flags.unwrap_or_default());
        parent.remote = true;
        Self {
            parent: Some(parent),
            sampled: flags.map(TraceFlags::is_sampled),
        }
    }

    /// A decision without a parent.
    pub(super) fn decision(sampled: bool) -> Self {
        Self {
            parent: None,
            sampled: Some(sampled),
        }
    }
}

/// A trace id of 16 or 32 lower-case hex digits.
pub(super) fn trace_id(text: &str) -> Option<TraceId> {
    if text.len() == 16 {
        let right_half: SpanId = text.parse().ok()?;
        return TraceId::new(right_half.get().into());
    }
    text.parse().ok()
}

pub(super) fn span_id(text: &str) -> Option<SpanId> {
    text.parse().ok()
}

pub(super) fn sampled_flag(sampled: bool) -> TraceFlags {
    TraceFlags::NONE.with_sampled(sampled)
}
