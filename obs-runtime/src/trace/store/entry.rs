//! A trace in the store.

use std::cmp::Reverse;

use super::Query;
use crate::trace::collector::packed::{Packed, Span};
use crate::trace::{Keep, SpanBatch, SpanData, Trace, TraceId};

/// The spans of a trace as they came, and what a search needs to know of them.
///
/// The [`Trace`] is made of them each time that somebody asks for it, which is rare.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) bytes: usize,
    pub(super) place: u64,
    pub(super) is_notable: bool,
    pub(super) end_unix_ns: u64,
    pub(super) spans: usize,
    trace_id: TraceId,
    keep: Keep,
    has_error: bool,
    root: Root,
    first: Part,
    more: Vec<Part>,
    /// Spans that were finished and are neither here nor counted in a part.
    lost: u64,
}

/// Spans that became known together.
#[derive(Debug)]
pub(super) enum Part {
    /// Recorded by this process.
    Packed(Packed),
    /// Given by the program.
    Spans(SpanBatch),
}

/// Of all spans, that with the least is the root: without a parent, then the earliest, then the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Root {
    has_parent: bool,
    start_unix_ns: u64,
    duration_ns: Reverse<u64>,
}

impl Entry {
    /// A trace of its first spans; `None` if there are none.
    pub(super) fn new(part: Part, place: u64, bytes: usize) -> Option<Self> {
        Some(Self {
            bytes,
            place,
            is_notable: false,
            end_unix_ns: part.end_unix_ns(),
            spans: part.spans(),
            trace_id: part.trace_id(),
            keep: part.keep(),
            has_error: part.has_error(),
            root: part.root()?,
            first: part,
            more: Vec::new(),
            lost: 0,
        })
    }

    /// Adds spans that became known later.
    pub(super) fn add(&mut self, part: Part) {
        if part.spans() == 0 {
            self.keep = self.keep.max(part.keep());
            self.lost = self.lost.saturating_add(part.dropped_spans());
            return;
        }
        self.end_unix_ns = self.end_unix_ns.max(part.end_unix_ns());
        self.spans += part.spans();
        self.keep = self.keep.max(part.keep());
        self.has_error |= part.has_error();
        self.root = part.root().map_or(self.root, |root| root.min(self.root));
        self.more.push(part);
    }

    /// Whether it is to outlive traces that were only sampled.
    pub(super) fn deserves_notice(&self) -> bool {
        self.keep > Keep::Sampled || self.has_error
    }

    /// Whether the trace meets every condition of a query.
    pub(super) fn matches(&self, query: &Query) -> bool {
        let has_name = |name: &str| self.parts().any(|part| part.has_name(name));
        let duration_ns = self.root.duration_ns.0;
        query.accepts(self.trace_id, self.has_error, duration_ns, has_name)
    }

    /// The trace.
    pub(super) fn trace(&self) -> Option<Trace> {
        let mut trace = Trace::new(self.first.batch())?;
        for part in &self.more {
            trace.add(part.batch());
        }
        trace.keep = self.keep;
        trace.dropped_spans = trace.dropped_spans.saturating_add(self.lost);
        Some(trace)
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl Part {
    /// How many spans there are.
    pub(super) fn spans(&self) -> usize {
        match self {
            Self::Packed(packed) => packed.spans.len(),
            Self::Spans(batch) => batch.spans.len(),
        }
    }

    fn batch(&self) -> SpanBatch {
        match self {
            Self::Packed(packed) => packed.unpack(),
            Self::Spans(batch) => batch.clone(),
        }
    }

    fn trace_id(&self) -> TraceId {
        match self {
            Self::Packed(packed) => packed.trace_id,
            Self::Spans(batch) => batch.trace_id,
        }
    }

    fn keep(&self) -> Keep {
        match self {
            Self::Packed(packed) => packed.keep,
            Self::Spans(batch) => batch.keep,
        }
    }

    fn dropped_spans(&self) -> u64 {
        match self {
            Self::Packed(packed) => packed.dropped_spans,
            Self::Spans(batch) => batch.dropped_spans,
        }
    }

    fn has_error(&self) -> bool {
        match self {
            Self::Packed(packed) => packed.has_error(),
            Self::Spans(batch) => batch.spans.iter().any(SpanData::is_error),
        }
    }

    fn has_name(&self, name: &str) -> bool {
        match self {
            Self::Packed(packed) => packed.has_name(name),
            Self::Spans(batch) => batch.spans.iter().any(|span| span.name == name),
        }
    }

    fn end_unix_ns(&self) -> u64 {
        let last = match self {
            Self::Packed(packed) => packed.spans.iter().map(Span::end_unix_ns).max(),
            Self::Spans(batch) => batch.spans.iter().map(SpanData::end_unix_ns).max(),
        };
        last.unwrap_or(0)
    }

    fn root(&self) -> Option<Root> {
        match self {
            Self::Packed(packed) => {
                let spans = packed.spans.iter();
                let roots = spans
                    .map(|span| Root::new(span.parent != 0, span.start_unix_ns, span.duration_ns));
                roots.min()
            }
            Self::Spans(batch) => {
                let spans = batch.spans.iter();
                let roots = spans.map(|span| {
                    let has_parent = span.parent_id.is_some();
                    Root::new(has_parent, span.start_unix_ns, span.duration_ns)
                });
                roots.min()
            }
        }
    }
}

impl Root {
    fn new(has_parent: bool, start_unix_ns: u64, duration_ns: u64) -> Self {
        Self {
            has_parent,
            start_unix_ns,
            duration_ns: Reverse(duration_ns),
        }
    }
}
