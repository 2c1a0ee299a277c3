//! The traces of this process: those under way, and those that were kept.

use std::time::Duration;

use super::{Store, TraceId};
use crate::fork::PerProcess;
use crate::hot::{clock, pool};

/// Traces under way that are looked at.
const MAX_ACTIVE: usize = 10_000;

static STORE: PerProcess<Store> = PerProcess::new();

/// A trace whose root has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActiveTrace {
    /// Its id.
    pub trace_id: TraceId,
    /// The name of its root.
    pub name: String,
    /// When the root began, in nanoseconds since 1970 UTC.
    pub start_unix_ns: u64,
    /// How long that is ago.
    pub elapsed: Duration,
}

/// The traces that this process keeps, filled by the collector from the [start](crate::start) on. A child
/// of `fork` has none of its parent's.
pub fn store() -> &'static Store {
    STORE.get(Store::default)
}

/// The same; its budget is `bytes` if nobody has asked for it before.
pub(crate) fn store_of(bytes: usize) -> &'static Store {
    STORE.get(|| Store::new(bytes))
}

/// The traces under way, the oldest first, at most 10,000.
///
/// ```
/// use obs_runtime::trace;
///
/// let _capture = obs_runtime::testing::capture();
/// let _span = trace::span("export").enter();
/// assert!(trace::active().iter().any(|trace| trace.name == "export"));
/// ```
#[must_use]
pub fn active() -> Vec<ActiveTrace> {
    let now = clock::ticks();
    let mut all: Vec<_> = pool::active(MAX_ACTIVE)
        .into_iter()
        // The parts of a trace in other tasks have no root, and no name.
        .filter(|trace| !trace.name.is_empty())
        .filter_map(|trace| {
            Some(ActiveTrace {
                trace_id: TraceId::new(trace.trace_id)?,
                name: trace.name,
                start_unix_ns: clock::to_unix_nanos(trace.started),
                elapsed: Duration::from_nanos(clock::to_nanos(now.saturating_sub(trace.started))),
            })
        })
        .collect();
    all.sort_by_key(|trace| trace.start_unix_ns);
    all
}
