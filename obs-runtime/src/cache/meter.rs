//! Counting what is done with a cache that does not count itself.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};

use obs_schema::def::{LabelDef, MetricDef, MetricKind, Values};

use super::stats::CacheStats;
use crate::metric::{Counter, Family, Histogram, Instrument, Timer};
use crate::{Labels, SeriesKey};

/// Caches that have a histogram each; the others share one.
const MAX_CACHES: u32 = 100;
const OPERATIONS: &[&str] = &["get", "insert", "remove", "clear"];

const LABELS: &[LabelDef] = &[
    LabelDef {
        name: "cache",
        values: Values::Capped {
            max_series: MAX_CACHES,
        },
    },
    LabelDef {
        name: "operation",
        values: Values::Finite(OPERATIONS),
    },
];

static DURATION: MetricDef = MetricDef {
    unit: "seconds",
    labels: LABELS,
    buckets: &[
        1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01,
        0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
    ],
    ..MetricDef::new(
        "cache_operation_duration_seconds",
        "Duration of the operations of caches.",
        MetricKind::Histogram,
    )
};

/// What is done with a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheOperation {
    /// It is asked for an entry.
    Get,
    /// It is given an entry.
    Insert,
    /// An entry is taken out.
    Remove,
    /// All entries that match a pattern are taken out.
    Clear,
}

/// Counts the hits and misses of a cache, and measures what it takes: for caches that do not count themselves.
///
/// Counting is memory of the thread that counts, as it is for any [`Counter`]. The durations are
/// `cache_operation_duration_seconds`; hits and misses are shown once the cache is [registered](super::register).
///
/// ```
/// use std::collections::HashMap;
/// use obs_runtime::cache::Meter;
///
/// let meter = Meter::new("docs-prices");
/// let prices = HashMap::from([("mug", 1_250)]);
/// assert_eq!(meter.get(|| prices.get("mug")), Some(&1_250));
/// assert_eq!(meter.get(|| prices.get("tea")), None);
/// assert_eq!(meter.stats().hit_ratio(), Some(0.5));
/// ```
#[derive(Clone)]
pub struct Meter(Arc<Counts>);

struct Counts {
    name: String,
    hits: Counter,
    misses: Counter,
    evictions: Counter,
    durations: [Histogram; 4],
}

impl Meter {
    /// For the cache with this name. A program makes one for each cache, and clones it.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        let duration = |operation| {
            let labels = OperationLabels {
                cache: &name,
                operation,
            };
            durations().with(&labels)
        };
        let durations = [
            duration(CacheOperation::Get),
            duration(CacheOperation::Insert),
            duration(CacheOperation::Remove),
            duration(CacheOperation::Clear),
        ];
        Self(Arc::new(Counts {
            hits: Counter::unregistered(),
            misses: Counter::unregistered(),
            evictions: Counter::unregistered(),
            durations,
            name,
        }))
    }

    /// The name of the cache.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// A lookup: measured, and counted by what it gives.
    pub fn get<T>(&self, look: impl FnOnce() -> Option<T>) -> Option<T> {
        let timer = self.time(CacheOperation::Get);
        let found = look();
        drop(timer);
        self.looked_up(found.is_some());
        found
    }

    /// A lookup that waits. One that is given up counts as neither, and is measured all the same.
    pub async fn get_async<T>(&self, look: impl Future<Output = Option<T>>) -> Option<T> {
        let timer = self.time(CacheOperation::Get);
        let found = look.await;
        drop(timer);
        self.looked_up(found.is_some());
        found
    }

    /// Counts a lookup: a hit or a miss.
    pub fn looked_up(&self, hit: bool) {
        match hit {
            true => self.0.hits.inc(),
            false => self.0.misses.inc(),
        }
    }

    /// Counts entries that went to make room or because they were too old.
    pub fn evicted(&self, entries: u64) {
        self.0.evictions.add(entries);
    }

    /// Measures an operation until the timer is dropped.
    pub fn time(&self, operation: CacheOperation) -> Timer {
        let [get, insert, remove, clear] = &self.0.durations;
        let histogram = match operation {
            CacheOperation::Get => get,
            CacheOperation::Insert => insert,
            CacheOperation::Remove => remove,
            CacheOperation::Clear => clear,
        };
        histogram.start_timer()
    }

    /// The hits and misses so far.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        CacheStats::UNKNOWN.lookups(self.0.hits.get(), self.0.misses.get())
    }

    /// The evictions so far.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.0.evictions.get()
    }
}

impl CacheOperation {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Insert => "insert",
            Self::Remove => "remove",
            Self::Clear => "clear",
        }
    }
}

struct OperationLabels<'a> {
    cache: &'a str,
    operation: CacheOperation,
}

impl Labels for OperationLabels<'_> {
    const LABELS: &'static [LabelDef] = LABELS;

    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
        use_key(SeriesKey::Values(&[self.cache, self.operation.as_str()]))
    }
}

fn durations() -> Family<Histogram, OperationLabels<'static>> {
    static FAMILY: OnceLock<Family<Histogram, OperationLabels<'static>>> = OnceLock::new();
    *FAMILY.get_or_init(|| Instrument::register(&DURATION))
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("name", &self.0.name)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
