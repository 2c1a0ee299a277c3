//! The store behind its lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{StoreStats, size};
use crate::trace::{Keep, SpanBatch, Trace, TraceId};

/// What a trace takes besides its spans: the trace, its entry in the map and its place in the order.
const TRACE_OVERHEAD: usize = size_of::<Trace>() + size_of::<Entry>() + 4 * size_of::<TraceId>();

pub(super) struct Inner {
    traces: HashMap<TraceId, Entry>,
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

struct Entry {
    trace: Arc<Trace>,
    bytes: usize,
    place: u64,
    notable: bool,
}

/// Traces that are evicted in the same order, oldest first.
#[derive(Default)]
struct Class {
    order: BTreeMap<u64, TraceId>,
    bytes: usize,
}

impl Inner {
    pub(super) fn new(budget: usize) -> Self {
        Self {
            traces: HashMap::new(),
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
        let used = known.as_ref().map_or(TRACE_OVERHEAD, |entry| entry.bytes);
        let added = self.cut_to_share(&mut batch, used);
        self.spans += batch.spans.len();

        let entry = match known {
            Some(mut entry) => {
                self.class(entry.notable).remove(&entry);
                // Copies the trace only while a reader looks at it.
                Arc::make_mut(&mut entry.trace).add(batch);
                entry
            }
            None => match Trace::new(batch) {
                Some(trace) => self.new_entry(trace),
                None => return,
            },
        };
        self.put(entry, used + added);
        self.evict();
    }

    pub(super) fn get(&self, trace_id: TraceId) -> Option<Arc<Trace>> {
        self.traces
            .get(&trace_id)
            .map(|entry| Arc::clone(&entry.trace))
    }

    /// Every trace, the newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Arc<Trace>> {
        let mut ordinary = self.ordinary.order.iter().rev().peekable();
        let mut notable = self.notable.order.iter().rev().peekable();
        let ids = std::iter::from_fn(move || {
            let newer = if notable.peek() > ordinary.peek() {
                &mut notable
            } else {
                &mut ordinary
            };
            newer.next().map(|(_, trace_id)| trace_id)
        });
        ids.filter_map(|trace_id| Some(&self.traces.get(trace_id)?.trace))
    }

    pub(super) fn remove_older_than(&mut self, unix_ns: u64) -> usize {
        let old = |entry: &Entry| entry.trace.end_unix_ns < unix_ns;
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

    /// Drops the spans that would take their trace over its share, and says what the others take.
    ///
    /// With a quarter of the budget as the share, one endless trace cannot push out all others, and
    /// the newest trace is never the one to be evicted.
    fn cut_to_share(&mut self, batch: &mut SpanBatch, used: usize) -> usize {
        let room = (self.budget / 4).saturating_sub(used);
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

    fn new_entry(&mut self, trace: Trace) -> Entry {
        self.next_place += 1;
        Entry {
            trace: Arc::new(trace),
            bytes: 0,
            place: self.next_place,
            notable: false,
        }
    }

    fn put(&mut self, mut entry: Entry, bytes: usize) {
        entry.bytes = bytes;
        entry.notable = entry.trace.keep > Keep::Sampled || entry.trace.has_error();
        self.class(entry.notable).add(&entry);
        self.traces.insert(entry.trace.trace_id, entry);
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
            self.spans -= entry.trace.spans.len();
            self.class(entry.notable).remove(&entry);
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
    fn add(&mut self, entry: &Entry) {
        self.order.insert(entry.place, entry.trace.trace_id);
        self.bytes += entry.bytes;
    }

    fn remove(&mut self, entry: &Entry) {
        self.order.remove(&entry.place);
        self.bytes -= entry.bytes;
    }

    fn oldest(&self) -> Option<TraceId> {
        self.order.first_key_value().map(|(_, trace_id)| *trace_id)
    }
}
