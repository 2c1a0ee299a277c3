//! The spans of a trace as a forest.

use std::collections::HashMap;

use crate::trace::{SpanData, SpanId};

/// Who is part of whom, by index into the spans. Each span occurs once: below its parent, or as a
/// root. Siblings and roots are in the order in which they started.
pub(super) struct Tree {
    pub(super) roots: Vec<usize>,
    children: Vec<Vec<usize>>,
}

impl Tree {
    pub(super) fn new(spans: &[SpanData]) -> Self {
        let mut in_order: Vec<usize> = (0..spans.len()).collect();
        in_order.sort_by_key(|index| spans.get(*index).map(|span| span.start_unix_ns));

        let parents = parents(spans);
        let mut tree = Self {
            roots: Vec::new(),
            children: vec![Vec::new(); spans.len()],
        };
        for index in &in_order {
            tree.attach(*index, parents.get(*index).copied().flatten());
        }
        tree.cut_cycles(&in_order, &parents);
        tree
    }

    /// The spans below this one.
    pub(super) fn children(&self, index: usize) -> &[usize] {
        self.children.get(index).map_or(&[], Vec::as_slice)
    }

    /// Every span with its depth, parents before their children.
    pub(super) fn walk(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut ahead: Vec<(usize, usize)> =
            self.roots.iter().rev().map(|root| (*root, 0)).collect();
        std::iter::from_fn(move || {
            let (index, depth) = ahead.pop()?;
            ahead.extend(
                self.children(index)
                    .iter()
                    .rev()
                    .map(|child| (*child, depth + 1)),
            );
            Some((index, depth))
        })
    }

    fn attach(&mut self, index: usize, parent: Option<usize>) {
        match parent.and_then(|parent| self.children.get_mut(parent)) {
            Some(siblings) => siblings.push(index),
            None => self.roots.push(index),
        }
    }

    /// Makes a root of the first span of each cycle: no root leads to it.
    fn cut_cycles(&mut self, in_order: &[usize], parents: &[Option<usize>]) {
        let mut seen = vec![false; parents.len()];
        for root in &self.roots {
            self.mark(*root, &mut seen);
        }
        for index in in_order {
            if seen.get(*index).copied().unwrap_or(true) {
                continue;
            }
            let parent = parents.get(*index).copied().flatten();
            if let Some(siblings) = parent.and_then(|parent| self.children.get_mut(parent)) {
                siblings.retain(|sibling| sibling != index);
            }
            self.roots.push(*index);
            self.mark(*index, &mut seen);
        }
    }

    fn mark(&self, from: usize, seen: &mut [bool]) {
        let mut ahead = vec![from];
        while let Some(index) = ahead.pop() {
            if let Some(seen) = seen.get_mut(index) {
                *seen = true;
            }
            ahead.extend(self.children(index));
        }
    }
}

/// The index of each span's parent. Of several spans with one id, the first is the parent.
fn parents(spans: &[SpanData]) -> Vec<Option<usize>> {
    let mut by_id: HashMap<SpanId, usize> = HashMap::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        by_id.entry(span.span_id).or_insert(index);
    }
    let parent = |(index, span): (usize, &SpanData)| {
        by_id
            .get(&span.parent_id?)
            .copied()
            .filter(|parent| *parent != index)
    };
    spans.iter().enumerate().map(parent).collect()
}
