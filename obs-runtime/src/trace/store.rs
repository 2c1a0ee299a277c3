//! The traces that were kept, within a budget of memory.

mod entry;
mod inner;
mod query;
mod size;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use inner::Inner;

pub use query::Query;

use super::collector::packed::Packed;
use super::{SpanBatch, Trace, TraceId};

/// Keeps the newest traces that fit a budget of bytes.
///
/// Spans of a known trace are added to it, whenever they come. When the budget is used up the oldest
/// trace goes, and those with an error or a slow root go last: they may use half of the budget, and
/// more while there are no others.
///
/// ```
/// use obs_runtime::trace::{Keep, Query, SpanBatch, SpanData, SpanId, Store, TraceId};
///
/// let store = Store::new(Store::DEFAULT_BUDGET);
/// let trace_id = TraceId::new(1).unwrap();
/// let root = SpanData::new(SpanId::new(1).unwrap(), None, "pay", 1_000, 250_000_000);
/// store.insert(SpanBatch { trace_id, keep: Keep::Slow, spans: vec![root], dropped_spans: 0 });
///
/// assert_eq!(store.get(trace_id).unwrap().name(), "pay");
/// let query = Query { operation: Some("pay".into()), ..Query::default() };
/// assert_eq!(store.search(&query).len(), 1);
/// ```
pub struct Store {
    inner: Mutex<Inner>,
}

/// What a [`Store`] holds and what it had to let go, since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreStats {
    /// Traces that it holds.
    pub traces: usize,
    /// Spans that it holds.
    pub spans: usize,
    /// Bytes in use, about.
    pub bytes: usize,
    /// Bytes that it may use.
    pub budget_bytes: usize,
    /// Traces that made room for newer ones.
    pub evicted_traces: u64,
    /// Spans that were refused because their trace had used its share, a quarter of the budget.
    pub refused_spans: u64,
}

impl Store {
    /// 32 MiB: some twenty thousand traces of ten spans.
    pub const DEFAULT_BUDGET: usize = 32 << 20;

    /// An empty store that may use about this many bytes.
    ///
    /// A small budget forgets sooner; 0 keeps nothing.
    #[must_use]
    pub fn new(budget_bytes: usize) -> Self {
        Self {
            inner: Mutex::new(Inner::new(budget_bytes)),
        }
    }

    /// Adds spans: to their trace if it is known, or else as a new trace.
    pub fn insert(&self, batch: SpanBatch) {
        self.lock().insert(batch);
    }

    /// Adds the spans of a finished segment.
    pub(super) fn insert_packed(&self, packed: Packed) {
        self.lock().insert_packed(packed);
    }

    /// The trace with this id.
    #[must_use]
    pub fn get(&self, trace_id: TraceId) -> Option<Arc<Trace>> {
        self.lock().entry(trace_id)?.trace().map(Arc::new)
    }

    /// The traces that match, newest first.
    #[must_use]
    pub fn search(&self, query: &Query) -> Vec<Arc<Trace>> {
        let inner = self.lock();
        match query.trace_id {
            Some(id) => inner.search(inner.entry(id).into_iter(), query),
            None => inner.search(inner.newest_first(), query),
        }
    }

    /// Forgets the traces whose last span ended before this time, in nanoseconds since 1970 UTC, and
    /// says how many they were.
    pub fn remove_older_than(&self, unix_ns: u64) -> usize {
        self.lock().remove_older_than(unix_ns)
    }

    /// What it holds.
    #[must_use]
    pub fn stats(&self) -> StoreStats {
        self.lock().stats()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new(Self::DEFAULT_BUDGET)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
