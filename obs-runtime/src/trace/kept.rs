//! What was recorded of one trace, and why it was kept.

use std::cmp::Reverse;

use super::{SpanData, TraceId};

/// Why a trace was kept; what counts more compares greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keep {
    /// The sampler chose it when it started.
    Sampled,
    /// It took longer than its operation may take.
    Slow,
    /// Something in it failed.
    Error,
}

impl Keep {
    /// The lower-case word for this reason.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sampled => "sampled",
            Self::Slow => "slow",
            Self::Error => "error",
        }
    }
}

/// Spans of one trace that became known together: what one task or thread recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanBatch {
    /// The trace.
    pub trace_id: TraceId,
    /// Why it is kept.
    pub keep: Keep,
    /// The spans, in any order.
    pub spans: Vec<SpanData>,
    /// Spans that were finished but not recorded, because a limit was reached.
    pub dropped_spans: u64,
}

/// The spans of a trace that this process knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The trace.
    pub trace_id: TraceId,
    /// The strongest reason why it is kept.
    pub keep: Keep,
    /// The spans in the order in which they became known. Never empty.
    pub spans: Vec<SpanData>,
    /// Where the root is in `spans`: the span without a parent, or else the first to start.
    pub root: usize,
    /// When the first span started, in nanoseconds since 1970 UTC.
    pub start_unix_ns: u64,
    /// When the last span ended, in nanoseconds since 1970 UTC.
    pub end_unix_ns: u64,
    /// How many spans have the status [`Status::Error`](super::Status::Error).
    pub errors: usize,
    /// Spans that were finished but are not in `spans`, because a limit was reached.
    pub dropped_spans: u64,
}

impl Trace {
    /// The trace that a batch makes by itself; `None` if the batch has no spans.
    #[must_use]
    pub fn new(batch: SpanBatch) -> Option<Self> {
        let first = batch.spans.first()?;
        let mut trace = Self {
            trace_id: batch.trace_id,
            keep: batch.keep,
            root: 0,
            start_unix_ns: first.start_unix_ns,
            end_unix_ns: first.end_unix_ns(),
            spans: Vec::new(),
            errors: 0,
            dropped_spans: 0,
        };
        trace.add(batch);
        Some(trace)
    }

    /// Adds spans that became known later. Takes time for the new spans only.
    pub fn add(&mut self, batch: SpanBatch) {
        self.keep = self.keep.max(batch.keep);
        self.dropped_spans = self.dropped_spans.saturating_add(batch.dropped_spans);
        self.spans.reserve(batch.spans.len());
        for span in batch.spans {
            self.start_unix_ns = self.start_unix_ns.min(span.start_unix_ns);
            self.end_unix_ns = self.end_unix_ns.max(span.end_unix_ns());
            self.errors += usize::from(span.is_error());
            if self
                .root_span()
                .is_none_or(|root| root_rank(&span) < root_rank(root))
            {
                self.root = self.spans.len();
            }
            self.spans.push(span);
        }
    }

    /// The span that the others are part of.
    #[must_use]
    pub fn root_span(&self) -> Option<&SpanData> {
        self.spans.get(self.root)
    }

    /// The name of the root's operation.
    #[must_use]
    pub fn name(&self) -> &str {
        self.root_span().map_or("", |root| &root.name)
    }

    /// How long the root took, in nanoseconds. Tasks that it started can end later.
    #[must_use]
    pub fn duration_ns(&self) -> u64 {
        self.root_span().map_or(0, |root| root.duration_ns)
    }

    /// Whether a span failed.
    #[must_use]
    pub const fn has_error(&self) -> bool {
        self.errors > 0
    }
}

/// The root has the smallest: no parent, then the earliest start, then the latest end.
fn root_rank(span: &SpanData) -> (bool, u64, Reverse<u64>) {
    (
        span.parent_id.is_some(),
        span.start_unix_ns,
        Reverse(span.duration_ns),
    )
}

#[cfg(test)]
mod tests;
