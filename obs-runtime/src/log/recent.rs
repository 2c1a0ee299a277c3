//! The last records, in memory.

mod rings;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tracing::Level;

use self::rings::Rings;
use super::draft::View;
use super::portion::{self, Portion};
use super::record::Record;
use crate::fork::{Renewed, copied};
use crate::trace::TraceId;

/// Records that are copied at a time for a reader.
const PORTION: usize = 64;

/// The last records, bounded by number and by bytes; the oldest give way.
///
/// They lie in rings, so that keeping one more is to copy it to the end, and allocates nothing once
/// the rings have grown to their bounds. A child of `fork` has a copy of its own, or none if a thread was at work on them.
#[derive(Debug)]
pub(super) struct Recent {
    max_records: usize,
    max_bytes: usize,
    rings: Renewed<Mutex<Rings>>,
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
    /// In nanoseconds since 1970.
    since: u64,
    until: u64,
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
            since: 0,
            until: u64::MAX,
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

    /// Only records of this time and later.
    #[must_use]
    pub fn since(mut self, time: SystemTime) -> Self {
        self.since = unix_ns(time);
        self
    }

    /// Only records before this time.
    #[must_use]
    pub fn until(mut self, time: SystemTime) -> Self {
        self.until = unix_ns(time);
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
            && (self.since..self.until).contains(&record.time_unix_ns)
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

/// Nanoseconds since 1970; 0 before.
fn unix_ns(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
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
            rings: Renewed::new(Mutex::default()),
        }
    }

    /// Keeps a record, and lets go of the oldest as far as necessary.
    pub(super) fn push(&self, record: View<'_>) {
        let size = portion::size(record);
        if self.max_records == 0 || size > self.max_bytes {
            return;
        }
        let mut rings = self.lock();
        while rings.len() >= self.max_records || rings.bytes() + size > self.max_bytes {
            if !rings.pop() {
                break;
            }
        }
        rings.push(record);
    }

    /// The last records that `query` picks, the newest first.
    ///
    /// They are copied a few at a time: the program logs meanwhile, and must not wait for long. What
    /// gives way before its turn is not found.
    pub(super) fn find(&self, query: &Query) -> Vec<Arc<Record>> {
        let mut found = Vec::new();
        let mut portion = Portion::default();
        let mut before = u64::MAX;
        while found.len() < query.limit {
            before = self.lock().copy_last(PORTION, before, &mut portion);
            if portion.is_empty() {
                break;
            }
            let records = portion.newest_first().map(View::record);
            let picked = records.filter(|record| query.picks(record));
            found.extend(picked.take(query.limit - found.len()).map(Arc::new));
        }
        found
    }

    fn lock(&self) -> MutexGuard<'_, Rings> {
        let rings = self.rings.get(copied);
        rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
