//! A trace in numbers.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::tree::Tree;
use crate::trace::{SpanData, Trace};

/// A trace in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary<'a> {
    /// How many spans there are.
    pub spans: usize,
    /// How many of them failed.
    pub errors: usize,
    /// How many spans lie on the longest way from a root downwards.
    pub levels: usize,
    /// How long the root took, in nanoseconds.
    pub duration_ns: u64,
    /// The sum of the spans' own times, in nanoseconds. More than `duration_ns` if spans ran side by
    /// side.
    pub service_ns: u64,
    /// The same by operation, the largest own time first.
    pub operations: Vec<OperationSummary<'a>>,
}

/// The spans of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationSummary<'a> {
    /// The name.
    pub name: &'a str,
    /// How many spans have it.
    pub calls: usize,
    /// How many of them failed.
    pub errors: usize,
    /// The sum of their durations, in nanoseconds.
    pub total_ns: u64,
    /// The sum of their own times, in nanoseconds: the time in which no child of theirs ran.
    pub own_ns: u64,
}

/// Counts the spans of a trace and adds up their times.
#[must_use]
pub fn summary(trace: &Trace) -> Summary<'_> {
    let tree = Tree::new(&trace.spans);
    let mut by_name: BTreeMap<&str, OperationSummary<'_>> = BTreeMap::new();
    let mut levels = 0;
    for (index, depth) in tree.walk() {
        levels = levels.max(depth + 1);
        let Some(span) = trace.spans.get(index) else {
            continue;
        };
        let children = tree
            .children(index)
            .iter()
            .filter_map(|child| trace.spans.get(*child));
        let operation = by_name
            .entry(&span.name)
            .or_insert_with(|| OperationSummary::new(&span.name));
        operation.calls += 1;
        operation.errors += usize::from(span.is_error());
        operation.total_ns = operation.total_ns.saturating_add(span.duration_ns);
        operation.own_ns = operation.own_ns.saturating_add(own_ns(span, children));
    }
    let mut operations: Vec<_> = by_name.into_values().collect();
    operations.sort_by_key(|operation| Reverse(operation.own_ns));
    Summary {
        spans: trace.spans.len(),
        errors: trace.errors,
        levels,
        duration_ns: trace.duration_ns(),
        service_ns: operations
            .iter()
            .fold(0, |sum, operation| operation.own_ns.saturating_add(sum)),
        operations,
    }
}

impl<'a> OperationSummary<'a> {
    fn new(name: &'a str) -> Self {
        Self {
            name,
            calls: 0,
            errors: 0,
            total_ns: 0,
            own_ns: 0,
        }
    }
}

/// The time of a span in which none of its children ran; they come in the order of their starts.
fn own_ns<'a>(span: &SpanData, children: impl Iterator<Item = &'a SpanData>) -> u64 {
    let mut own = 0;
    let mut covered_until = span.start_unix_ns;
    for child in children {
        let starts = child.start_unix_ns.min(span.end_unix_ns());
        own += starts.saturating_sub(covered_until);
        covered_until = covered_until.max(child.end_unix_ns());
    }
    own + span.end_unix_ns().saturating_sub(covered_until)
}
