//! The last records, in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Level;

use super::record::Record;
use crate::trace::TraceId;

/// The last records, bounded by number and by bytes; the oldest give way.
#[derive(Debug)]
pub(super) struct Recent {
    max_records: usize,
    max_bytes: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    records: VecDeque<(Arc<Record>, usize)>,
    bytes: usize,
}

/// Which of the last records to show. The default is: the last 100, whatever they are.
///
/// ```
/// use obs_runtime::log::Query;
/// use tracing::Level;
///
/// let failures = Query::new().level(Level::WARN).text("payment").limit(10);
/// assert!(obs_runtime::log::recent(&failures).len() <= 10);
/// ```
#[derive(Debug, Clone)]
pub struct Query {
    level: Option<Level>,
    text: Option<String>,
    target: Option<String>,
    trace_id: Option<TraceId>,
    limit: usize,
}

impl Query {
    /// How many records are shown at most, unless [`Query::limit`] says otherwise.
    pub const DEFAULT_LIMIT: usize = 100;

    /// The last records.
    #[must_use]
    pub fn new() -> Self {
        Self {
            level: None,
            text: None,
            target: None,
            trace_id: None,
            limit: Self::DEFAULT_LIMIT,
        }
    }

    /// Only records of at least this severity.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// Only records in which this occurs, see [`Record::mentions`].
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Only records whose target begins with this.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Only records of this trace.
    #[must_use]
    pub fn trace_id(mut self, trace_id: TraceId) -> Self {
        self.trace_id = Some(trace_id);
        self
    }

    /// At most this many records.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    fn picks(&self, record: &Record) -> bool {
        self.level.is_none_or(|level| record.level <= level)
            && self
                .trace_id
                .is_none_or(|id| record.trace.is_some_and(|place| place.trace_id == id))
            && self
                .target
                .as_ref()
                .is_none_or(|target| record.target.starts_with(target))
            && self.text.as_ref().is_none_or(|text| record.mentions(text))
    }
}

impl Default for Query {
    fn default() -> Self {
        Self::new()
    }
}

impl Recent {
    pub(super) fn new(max_records: usize, max_bytes: usize) -> Self {
        Self {
            max_records,
            max_bytes,
            inner: Mutex::default(),
        }
    }

    /// Whether any record would be kept.
    pub(super) fn is_on(&self) -> bool {
        self.max_records > 0 && self.max_bytes > 0
    }

    /// Keeps a record, and lets go of the oldest as far as necessary.
    pub(super) fn push(&self, record: Arc<Record>) {
        let size = record.size();
        if !self.is_on() || size > self.max_bytes {
            return;
        }
        // Dropped after the lock is released.
        let mut old = Vec::new();
        let mut inner = self.lock();
        inner.bytes += size;
        inner.records.push_back((record, size));
        while inner.records.len() > self.max_records || inner.bytes > self.max_bytes {
            let Some((record, size)) = inner.records.pop_front() else {
                break;
            };
            inner.bytes -= size;
            old.push(record);
        }
        drop(inner);
    }

    /// The last records that `query` picks, the newest first.
    pub(super) fn find(&self, query: &Query) -> Vec<Arc<Record>> {
        let all: Vec<Arc<Record>> = {
            let inner = self.lock();
            inner
                .records
                .iter()
                .map(|(record, _)| record.clone())
                .collect()
        };
        all.into_iter()
            .rev()
            .filter(|record| query.picks(record))
            .take(query.limit)
            .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
