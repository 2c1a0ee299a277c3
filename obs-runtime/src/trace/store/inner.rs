//! The store behind its lock.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rapidhash::quality::RandomState;

use super::entry::{Entry, Part};
use super::{Query, StoreStats, size};
use crate::trace::collector::packed::Packed;
use crate::trace::{SpanBatch, Trace, TraceId};

/// What a trace takes besides its spans: its entry, its places in the map and in the order.
const TRACE_OVERHEAD: usize = size_of::<Entry>() + 4 * size_of::<TraceId>();

pub(super) struct Inner {
    /// In boxes, so that a look into the map touches little memory.
    traces: HashMap<TraceId, Box<Entry>, RandomState>,
    /// Traces that were sampled and nothing else.
    ordinary: Class,
    /// Traces with an error or a slow root.
    notable: Class,
    budget: usize,
    /// Counts the places given out: a later trace has a larger one.
    next_place: u64,
    spans: usize,
    evicted_traces: u64,
    refused_spans: u64,
}

/// Traces that are evicted in the same order, oldest first.
#[derive(Default)]
struct Class {
    /// By their places. Nearly all come at the end and go at the start.
    order: VecDeque<(u64, TraceId)>,
    bytes: usize,
}

/// What a trace takes before further spans are added.
fn used(entry: Option<&Entry>) -> usize {
    entry.map_or(TRACE_OVERHEAD, |entry| entry.bytes + size_of::<Part>())
}

impl Inner {
    pub(super) fn new(budget: usize) -> Self {
        Self {
            traces: HashMap::default(),
            ordinary: Class::default(),
            notable: Class::default(),
            budget,
            next_place: 0,
            spans: 0,
            evicted_traces: 0,
            refused_spans: 0,
        }
    }

    pub(super) fn insert(&mut self, mut batch: SpanBatch) {
        let known = self.traces.remove(&batch.trace_id);
        let used = used(known.as_deref());
        let added = self.cut_to_share(&mut batch, used);
        self.add(known, batch.trace_id, Part::Spans(batch), used + added);
    }

    pub(super) fn insert_packed(&mut self, packed: Packed) {
        let known = self.traces.remove(&packed.trace_id);
        let bytes = used(known.as_deref()) + packed.size();
        if bytes <= self.share() {
            self.add(known, packed.trace_id, Part::Packed(packed), bytes);
            return;
        }
        if let Some(entry) = known {
            self.traces.insert(packed.trace_id, entry);
        }
        // What has to be cut is measured span by span.
        self.insert(packed.unpack());
    }

    /// Adds spans to a trace that was taken out, or makes a new one. With them it takes so many bytes.
    fn add(&mut self, known: Option<Box<Entry>>, trace_id: TraceId, part: Part, bytes: usize) {
        self.spans += part.spans();
        let entry = match known {
            Some(mut entry) => {
                self.class(entry.is_notable).remove(&entry);
                if part.spans() > 0 {
                    entry.bytes = bytes;
                }
                entry.add(part);
                entry
            }
            None => {
                self.next_place += 1;
                match Entry::new(part, self.next_place, bytes) {
                    Some(entry) => Box::new(entry),
                    None => return,
                }
            }
        };
        self.put(trace_id, entry);
        self.evict();
    }

    pub(super) fn entry(&self, trace_id: TraceId) -> Option<&Entry> {
        self.traces.get(&trace_id).map(|entry| &**entry)
    }

    /// Those of some traces that match.
    pub(super) fn search<'a>(
        &self,
        entries: impl Iterator<Item = &'a Entry>,
        query: &Query,
    ) -> Vec<Arc<Trace>> {
        entries
            .filter(|entry| entry.matches(query))
            .take(query.limit)
            .filter_map(|entry| entry.trace().map(Arc::new))
            .collect()
    }

    /// Every trace, the newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        let mut ordinary = self.ordinary.order.iter().rev().peekable();
        let mut notable = self.notable.order.iter().rev().peekable();
        let ids = std::iter::from_fn(move || {
            let newer = if notable.peek() > ordinary.peek() {
                &mut notable
            } else {
                &mut ordinary
            };
            newer.next().map(|(_, trace_id)| *trace_id)
        });
        ids.filter_map(|trace_id| self.entry(trace_id))
    }

    pub(super) fn remove_older_than(&mut self, unix_ns: u64) -> usize {
        let old = |entry: &Entry| entry.end_unix_ns < unix_ns;
        let ids: Vec<TraceId> = self
            .traces
            .iter()
            .filter(|(_, entry)| old(entry))
            .map(|(id, _)| *id)
            .collect();
        for id in &ids {
            self.remove(*id);
        }
        ids.len()
    }

    pub(super) fn stats(&self) -> StoreStats {
        StoreStats {
            traces: self.traces.len(),
            spans: self.spans,
            bytes: self.bytes(),
            budget_bytes: self.budget,
            evicted_traces: self.evicted_traces,
            refused_spans: self.refused_spans,
        }
    }

    /// The bytes that one trace may take: a quarter of the budget, so that an endless one cannot push
    /// out all others, and the newest is never the one to be evicted.
    fn share(&self) -> usize {
        self.budget / 4
    }

    /// Drops the spans that would take their trace over its share, and says what the others take.
    fn cut_to_share(&mut self, batch: &mut SpanBatch, used: usize) -> usize {
        let room = self.share().saturating_sub(used);
        let mut added = 0;
        let mut fitting = 0;
        for bytes in batch.spans.iter().map(size::of_span) {
            if added + bytes > room {
                break;
            }
            added += bytes;
            fitting += 1;
        }
        let refused = (batch.spans.len() - fitting) as u64;
        batch.spans.truncate(fitting);
        batch.dropped_spans = batch.dropped_spans.saturating_add(refused);
        self.refused_spans += refused;
        added
    }

    fn put(&mut self, trace_id: TraceId, mut entry: Box<Entry>) {
        entry.is_notable = entry.deserves_notice();
        self.class(entry.is_notable).add(trace_id, &entry);
        self.traces.insert(trace_id, entry);
    }

    fn evict(&mut self) {
        while self.bytes() > self.budget {
            let notable_first =
                self.notable.bytes > self.budget / 2 || self.ordinary.order.is_empty();
            let Some(oldest) = self.class(notable_first).oldest() else {
                return;
            };
            self.remove(oldest);
            self.evicted_traces += 1;
        }
    }

    fn remove(&mut self, trace_id: TraceId) {
        if let Some(entry) = self.traces.remove(&trace_id) {
            self.spans -= entry.spans;
            self.class(entry.is_notable).remove(&entry);
        }
    }

    fn class(&mut self, notable: bool) -> &mut Class {
        if notable {
            &mut self.notable
        } else {
            &mut self.ordinary
        }
    }

    fn bytes(&self) -> usize {
        self.ordinary.bytes + self.notable.bytes
    }
}

impl Class {
    fn add(&mut self, trace_id: TraceId, entry: &Entry) {
        let at = self.find(entry);
        self.order.insert(at, (entry.place, trace_id));
        self.bytes += entry.bytes;
    }

    fn remove(&mut self, entry: &Entry) {
        let at = self.find(entry);
        if self
            .order
            .get(at)
            .is_some_and(|known| known.0 == entry.place)
        {
            self.order.remove(at);
        }
        self.bytes -= entry.bytes;
    }

    /// Where it is, or belongs.
    fn find(&self, entry: &Entry) -> usize {
        let is_before = |known: &(u64, TraceId)| known.0 < entry.place;
        match (self.order.front(), self.order.back()) {
            (_, Some(last)) if is_before(last) => self.order.len(),
            (Some(first), _) if !is_before(first) => 0,
            _ => self.order.partition_point(is_before),
        }
    }

    fn oldest(&self) -> Option<TraceId> {
        self.order.front().map(|(_, trace_id)| *trace_id)
    }
}
