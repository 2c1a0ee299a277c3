//! A trace as the rows of a chart.

use super::tree::Tree;
use crate::trace::{SpanData, Trace};

/// One span in the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// The span.
    pub span: &'a SpanData,
    /// From the start of the trace to the start of the span, in nanoseconds.
    pub offset_ns: u64,
    /// How many spans are above it: 0 for a root.
    pub depth: usize,
    /// Whether it has a parent that is not in the trace: a remote caller, or a span that was lost.
    pub orphan: bool,
}

/// One row per span: each below its parent, siblings in the order in which they started.
#[must_use]
pub fn waterfall(trace: &Trace) -> Vec<Row<'_>> {
    let row = |(index, depth): (usize, usize)| {
        let span = trace.spans.get(index)?;
        let offset_ns = span.start_unix_ns.saturating_sub(trace.start_unix_ns);
        Some(Row {
            span,
            offset_ns,
            depth,
            orphan: depth == 0 && span.parent_id.is_some(),
        })
    };
    Tree::new(&trace.spans).walk().filter_map(row).collect()
}
