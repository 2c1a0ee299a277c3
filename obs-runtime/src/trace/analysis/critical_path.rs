//! The chain of work that made a trace as long as it is.

use std::cmp::Reverse;

use super::tree::Tree;
use crate::trace::{SpanData, Trace};

/// The work that decided when the root ended, as a line without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct CriticalPath<'a> {
    /// How long the root took, in nanoseconds: the sum of the segments.
    pub duration_ns: u64,
    /// The segments in the order of time, each beginning where the one before ended.
    pub segments: Vec<Segment<'a>>,
}

/// A time in which a span itself, and none of its children, held up the root.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment<'a> {
    /// The span.
    pub span: &'a SpanData,
    /// From the start of the trace to the start of the segment, in nanoseconds.
    pub offset_ns: u64,
    /// How long it lasted, in nanoseconds; never 0.
    pub duration_ns: u64,
}

/// The critical path of a trace.
///
/// It is found backwards: from the end of the root to the child that finished last, from the start of
/// that child to the child that had finished last by then, and so on, within each child in the same
/// way. What no child covers is the time of the span itself. A child that outlives its parent counts
/// up to the parent's end; children that ran beside the chosen ones are not on the path.
///
/// ```text
/// root   |--------------------|        the path: root, b, root, c, root
/// a         |----|                     a ran beside b
/// b        |------|
/// c                 |------|
/// ```
#[must_use]
pub fn critical_path(trace: &Trace) -> CriticalPath<'_> {
    let mut walk = Walk {
        trace,
        tree: Tree::new(&trace.spans),
        ahead: Vec::new(),
    };
    let mut segments = Vec::new();
    if let Some(root) = trace.root_span() {
        walk.ahead.push(Step::Span(trace.root, Window::of(root)));
    }
    while let Some(step) = walk.ahead.pop() {
        match step {
            Step::Span(index, window) => walk.split(index, window),
            Step::Own(index, window) => segments.extend(walk.segment(index, window)),
        }
    }
    CriticalPath {
        duration_ns: segments.iter().map(|segment| segment.duration_ns).sum(),
        segments,
    }
}

struct Walk<'a> {
    trace: &'a Trace,
    tree: Tree,
    /// What lies ahead in time, the nearest on top. A stack, because traces can be deep.
    ahead: Vec<Step>,
}

enum Step {
    /// What a span and its children did in this time.
    Span(usize, Window),
    /// A time of the span itself.
    Own(usize, Window),
}

impl<'a> Walk<'a> {
    /// Puts the parts of a span's window on the stack, the latest first.
    fn split(&mut self, index: usize, window: Window) {
        let mut open = window;
        for (child, covered) in self.by_end(index, window) {
            if covered.end <= open.end {
                self.ahead.push(Step::Own(
                    index,
                    Window {
                        start: covered.end,
                        end: open.end,
                    },
                ));
                self.ahead.push(Step::Span(child, covered));
                open.end = covered.start;
            }
        }
        self.ahead.push(Step::Own(index, open));
    }

    /// The children that run within the window, the last to finish first; of those that finish
    /// together, the longest first.
    fn by_end(&self, index: usize, window: Window) -> Vec<(usize, Window)> {
        let child = |child: &usize| {
            let covered = Window::of(self.trace.spans.get(*child)?).within(window)?;
            Some((*child, covered))
        };
        let mut children: Vec<_> = self.tree.children(index).iter().filter_map(child).collect();
        // The sort is stable, so those that finish together stay in the order of their starts.
        children.sort_by_key(|(_, covered)| Reverse(covered.end));
        children
    }

    fn segment(&self, index: usize, window: Window) -> Option<Segment<'a>> {
        let span = self.trace.spans.get(index)?;
        let duration_ns = window.end.saturating_sub(window.start);
        let offset_ns = window.start.saturating_sub(self.trace.start_unix_ns);
        (duration_ns > 0).then_some(Segment {
            span,
            offset_ns,
            duration_ns,
        })
    }
}

/// A time from one moment to another, in nanoseconds since 1970.
#[derive(Clone, Copy)]
struct Window {
    start: u64,
    end: u64,
}

impl Window {
    fn of(span: &SpanData) -> Self {
        Self {
            start: span.start_unix_ns,
            end: span.end_unix_ns(),
        }
    }

    /// The part that lies in `outer`, unless it is empty.
    fn within(self, outer: Self) -> Option<Self> {
        let part = Self {
            start: self.start.max(outer.start),
            end: self.end.min(outer.end),
        };
        (part.start < part.end).then_some(part)
    }
}
