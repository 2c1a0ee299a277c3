//! A search in the store.

use std::time::Duration;

use crate::trace::{Trace, TraceId};

/// Which traces to find. A trace matches if it meets every condition that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The trace has this id.
    pub trace_id: Option<TraceId>,
    /// A span of the trace has exactly this name.
    pub operation: Option<String>,
    /// The root took at least this long.
    pub min_duration: Option<Duration>,
    /// A span of the trace failed, or none did.
    pub error: Option<bool>,
    /// How many traces to find at most. Default: [`Query::DEFAULT_LIMIT`].
    pub limit: usize,
}

impl Query {
    /// 100 traces.
    pub const DEFAULT_LIMIT: usize = 100;

    /// Whether the trace meets every condition; the limit is not one.
    #[must_use]
    pub fn matches(&self, trace: &Trace) -> bool {
        let has_name = |name: &str| trace.spans.iter().any(|span| span.name == name);
        self.accepts(
            trace.trace_id,
            trace.has_error(),
            trace.duration_ns(),
            has_name,
        )
    }

    /// Whether a trace of which this is known meets every condition.
    pub(super) fn accepts(
        &self,
        trace_id: TraceId,
        has_error: bool,
        duration_ns: u64,
        has_name: impl FnOnce(&str) -> bool,
    ) -> bool {
        self.trace_id.is_none_or(|id| trace_id == id)
            && self.error.is_none_or(|error| has_error == error)
            && self
                .min_duration
                .is_none_or(|least| Duration::from_nanos(duration_ns) >= least)
            && self.operation.as_deref().is_none_or(has_name)
    }
}

impl Default for Query {
    fn default() -> Self {
        Self {
            trace_id: None,
            operation: None,
            min_duration: None,
            error: None,
            limit: Self::DEFAULT_LIMIT,
        }
    }
}
