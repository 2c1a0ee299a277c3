//! Where metrics are registered.

#[cfg(feature = "interop")]
mod ledger;
mod naming;
mod reading;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use obs_schema::check::metric_findings;
use obs_schema::def::{LabelDef, MetricDef, MetricKind};
use obs_schema::name::family_name;

#[cfg(feature = "interop")]
pub(crate) use self::ledger::Ledger;
use self::naming::Naming;
use self::reading::Memory;
#[cfg(feature = "http")]
pub(crate) use self::reading::PIECE;
use super::family::{Live, LiveFamily};
use super::instrument::{self, Series as Instrument};
use super::snapshot::{Family, Kind, Series, Value};
use super::source::{Closure, Collector, Entry, Source};
use super::{builtin, own};
use crate::collect::Collect;
use crate::diagnostics;
use crate::hot::alone::alone;

static GLOBAL: Registry = Registry::with_operations(true);

/// The metrics of a program: what was registered, what collectors read, what annotated functions
/// count.
///
/// A program has [one](Self::global). Others are for tests and for a second exposition; they hold
/// what is registered in them and nothing else. What is registered is never freed.
///
/// ```
/// use obs_runtime::metric::Registry;
/// use obs_runtime::metric::snapshot::Value;
///
/// let registry = Registry::new();
/// registry.set_prefix("shop_");
/// let jobs = std::sync::Mutex::new(vec!["mail", "report"]);
/// registry.register_gauge("queue_depth", "Jobs that wait.", "", &[], move || {
///     jobs.lock().map_or(f64::NAN, |jobs| jobs.len() as f64)
/// });
/// let snapshot = registry.snapshot();
/// let family = snapshot.family("shop_queue_depth").unwrap();
/// assert_eq!(family.series[0].value, Value::Gauge(2.0));
/// ```
#[derive(Debug)]
pub struct Registry {
    /// Whether it also shows annotated functions and the framework itself.
    operations: bool,
    /// By their name in OpenMetrics.
    families: Mutex<BTreeMap<&'static str, &'static dyn Live>>,
    sources: Mutex<Vec<Arc<Entry>>>,
    next_id: AtomicU64,
    /// `None` until something is set.
    naming: Mutex<Option<Arc<Naming>>>,
    /// The memory of earlier readings.
    memory: Mutex<Vec<Memory>>,
    /// Bytes of the last scrape into memory.
    last_length: AtomicUsize,
}

/// A registered collector, for [`Registry::unregister`].
#[derive(Debug, PartialEq, Eq)]
pub struct Registration(u64);

impl Registry {
    /// The registry of the program.
    #[must_use]
    pub fn global() -> &'static Self {
        &GLOBAL
    }

    /// An empty registry.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_operations(false)
    }

    pub(crate) const fn with_operations(operations: bool) -> Self {
        Self {
            operations,
            families: Mutex::new(BTreeMap::new()),
            sources: Mutex::new(Vec::new()),
            next_id: AtomicU64::new(1),
            naming: Mutex::new(None),
            memory: Mutex::new(Vec::new()),
            last_length: AtomicUsize::new(0),
        }
    }

    /// Takes a collector, which is asked at every scrape.
    ///
    /// If it panics, or hands over a name that cannot be used or is taken, its own series are
    /// missing and `obs_collector_errors_total` says so. The same for one that has not returned for
    /// ten seconds: until it does, it is not asked again. `obs_collector_duration_seconds` tells how
    /// long each of them takes.
    pub fn register_collector(&self, collector: impl Collect + 'static) -> Registration {
        self.register_source(Box::new(Collector(collector)))
    }

    /// Takes a closure that is asked for the value of a gauge at every scrape.
    pub fn register_gauge(
        &self,
        name: &'static str,
        help: &'static str,
        unit: &'static str,
        labels: &[(&'static str, &str)],
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Registration {
        let labels = labels.iter();
        let series = Series {
            labels: labels
                .map(|&(name, value)| (name.into(), value.to_owned().into()))
                .collect(),
            value: Value::Gauge(0.0),
        };
        let family = Family {
            name: name.into(),
            help: help.into(),
            kind: Kind::Gauge,
            unit: unit.into(),
            series: vec![series],
        };
        self.register_source(Box::new(Closure { family, read }))
    }

    /// Removes a collector. Returns whether it was there.
    #[allow(clippy::needless_pass_by_value, reason = "a registration ends once")]
    pub fn unregister(&self, registration: Registration) -> bool {
        self.remove(registration.0)
    }

    fn remove(&self, id: u64) -> bool {
        let mut sources = lock(&self.sources);
        let before = sources.len();
        let removed: Vec<_> = sources.extract_if(.., |entry| entry.id == id).collect();
        let left = sources.len();
        drop(sources);
        // The collector's own destructor runs without the lock.
        drop(removed);
        left < before
    }

    pub(crate) fn register_source(&self, source: Box<dyn Source>) -> Registration {
        let entry = Arc::new(Entry::new(self.next_id(), source));
        let id = entry.id;
        lock(&self.sources).push(entry);
        Registration(id)
    }

    fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Relaxed)
    }

    /// The series of a definition: new, or those of an earlier registration of the same.
    pub(super) fn family<I: Instrument>(
        &self,
        def: &'static MetricDef,
        kind: MetricKind,
        labels: &'static [LabelDef],
    ) -> Option<&'static LiveFamily<I>> {
        match self.try_family(def, kind, labels) {
            Ok(family) => Some(family),
            Err(reason) => {
                own::CONFLICTS.fetch_add(1, Relaxed);
                diagnostics::report(&format!("{reason}{}", place(def)));
                None
            }
        }
    }

    fn try_family<I: Instrument>(
        &self,
        def: &'static MetricDef,
        kind: MetricKind,
        labels: &'static [LabelDef],
    ) -> Result<&'static LiveFamily<I>, String> {
        let name = def.name;
        if def.kind != kind || def.labels != labels {
            return Err(format!(
                "the definition of `{name}` is of another kind or has other labels than its handle"
            ));
        }
        if let Some(issue) = metric_findings(def).issues().first() {
            return Err(issue.to_string());
        }
        let family = family_name(name, kind);
        if self.operations && builtin::is_taken(family) {
            return Err(format!("`{name}` is a metric of obs itself; rename it"));
        }
        let found = alone(|| self.known_or_new(def, family));
        found.unwrap_or_else(|| {
            Err(format!(
                "`{name}` cannot be registered by the allocator while that is asked for a metric's memory; register it at the start"
            ))
        })
    }

    fn known_or_new<I: Instrument>(
        &self,
        def: &'static MetricDef,
        family: &'static str,
    ) -> Result<&'static LiveFamily<I>, String> {
        let name = def.name;
        let mut families = lock(&self.families);
        let Some(&known) = families.get(family) else {
            let live: &'static LiveFamily<I> = Box::leak(Box::new(LiveFamily::new(def)));
            families.insert(family, live);
            return Ok(live);
        };
        let other = known.def();
        let same = other.name == name
            && other.labels == def.labels
            && other.buckets == def.buckets
            && other.objectives == def.objectives
            && other.unit == def.unit;
        let live = known.as_any().downcast_ref::<LiveFamily<I>>();
        live.filter(|_| same).ok_or_else(|| {
            format!(
                "`{name}` contradicts the metric `{}`{}; rename one",
                other.name,
                place(other)
            )
        })
    }

    /// The definitions of everything that was registered, sorted by name.
    #[must_use]
    pub fn definitions(&self) -> Vec<&'static MetricDef> {
        if self.operations {
            instrument::register_sets();
        }
        let registered = || {
            lock(&self.families)
                .values()
                .map(|live| live.def())
                .collect()
        };
        let mut all: Vec<_> = alone(registered).unwrap_or_default();
        if self.operations {
            all.extend(builtin::ALL);
        }
        all.sort_by_key(|def| def.name);
        all
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for dyn Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.def().name)
    }
}

fn place(def: &MetricDef) -> String {
    if def.source.line == 0 {
        String::new()
    } else {
        format!(" at {}:{}", def.source.file, def.source.line)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
