//! Where metrics are registered.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use obs_schema::check::metric_findings;
use obs_schema::def::{LabelDef, MetricDef, MetricKind};
use obs_schema::name::{check_metric_label, check_prefix, family_name};

use super::assembly::{Assembly, Rules};
use super::encode::{Format, encode};
use super::family::{Live, LiveFamily};
use super::instrument::{self, Reading, Series as Instrument};
use super::snapshot::{Family, Kind, Label, Series, Snapshot, Value};
use super::source::{Closure, Collector, Entry, Source};
use super::{builtin, operations, own};
use crate::collect::Collect;
use crate::{callsite, diagnostics};

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
    naming: Mutex<Naming>,
}

/// What is added to every name and every series.
#[derive(Debug, Clone)]
struct Naming {
    prefix: String,
    common: Vec<Label>,
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
            naming: Mutex::new(Naming {
                prefix: String::new(),
                common: Vec::new(),
            }),
        }
    }

    /// Puts `prefix` in front of every name; it ends in `_`. One that breaks the rules for names is
    /// reported and left out.
    pub fn set_prefix(&self, prefix: &str) {
        match check_prefix(prefix) {
            Ok(()) => prefix.clone_into(&mut lock(&self.naming).prefix),
            Err(error) => diagnostics::report(&error.to_string()),
        }
    }

    /// Puts labels on every series that has none of that name itself. One whose name cannot be used
    /// is reported and left out.
    pub fn set_common_labels<N, V>(&self, labels: impl IntoIterator<Item = (N, V)>)
    where
        N: Into<String>,
        V: Into<String>,
    {
        let mut common: Vec<Label> = Vec::new();
        for (name, value) in labels {
            let name = name.into();
            match check_common_label(&name) {
                Ok(()) => common.push((name.into(), value.into().into())),
                Err(error) => diagnostics::report(&format!("a common label: {error}")),
            }
        }
        common.sort();
        common.dedup_by(|a, b| a.0 == b.0);
        lock(&self.naming).common = common;
    }

    /// Takes a collector, which is asked at every scrape.
    ///
    /// If it panics, or hands over a name that cannot be used or is taken, its own series are
    /// missing and `obs_collector_errors_total` says so.
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
        let mut sources = lock(&self.sources);
        let before = sources.len();
        let removed: Vec<_> = sources
            .extract_if(.., |entry| entry.id == registration.0)
            .collect();
        let left = sources.len();
        drop(sources);
        // The collector's own destructor runs without the lock.
        drop(removed);
        left < before
    }

    pub(crate) fn register_source(&self, source: Box<dyn Source>) -> Registration {
        let id = self.next_id.fetch_add(1, Relaxed);
        let entry = Arc::new(Entry::new(id, source));
        lock(&self.sources).push(entry);
        Registration(id)
    }

    /// Everything, as it is now. Nothing that counts waits meanwhile.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.read(Reading::Scrape, true)
    }

    /// The answer to a scrape: everything in a format, timed for `obs_scrape_duration_seconds`.
    #[must_use]
    pub fn scrape(&self, format: Format) -> Vec<u8> {
        let start = Instant::now();
        let text = encode(&self.snapshot(), format);
        if self.operations {
            own::scraped(start.elapsed());
        }
        text
    }

    /// Everything but what comes from other libraries' registries.
    #[cfg(feature = "interop")]
    pub(crate) fn snapshot_of_own(&self) -> Snapshot {
        self.read(Reading::Scrape, false)
    }

    /// Everything, for the windows: it starts new extremes.
    pub(crate) fn tick(&self) -> Snapshot {
        self.read(Reading::Tick, true)
    }

    /// The name with which a metric is shown.
    #[cfg(feature = "interop")]
    pub(crate) fn prefixed(&self, name: &str) -> String {
        prefixed(&lock(&self.naming).prefix, name)
    }

    fn read(&self, reading: Reading, foreign: bool) -> Snapshot {
        let naming = lock(&self.naming).clone();
        let mut assembly = Assembly::default();
        if self.operations {
            callsite::register_all();
            instrument::register_sets();
            for def in builtin::ALL {
                assembly.reserve(&prefixed(&naming.prefix, def.name), def.kind.into());
            }
            for mut family in operations::families(reading) {
                rename(&mut family, &naming.prefix);
                assembly.add_own(family);
            }
        }
        for mut family in self.read_families(reading) {
            rename(&mut family, &naming.prefix);
            assembly.add_own(family);
        }
        let errors = self.read_sources(&mut assembly, &naming.prefix, foreign);
        if self.operations {
            for mut family in own::families(assembly.series(), errors, reading) {
                rename(&mut family, &naming.prefix);
                assembly.add_own(family);
            }
        }
        Snapshot {
            common: naming.common,
            families: assembly.finish(),
        }
    }

    fn read_families(&self, reading: Reading) -> Vec<Family> {
        let families: Vec<_> = lock(&self.families).values().copied().collect();
        let read = |live: &'static dyn Live| own::family(live.def(), live.read(reading));
        families.into_iter().map(read).collect()
    }

    /// Adds what the sources say, and returns how often each of them failed.
    fn read_sources(
        &self,
        assembly: &mut Assembly,
        prefix: &str,
        foreign: bool,
    ) -> Vec<(String, u64)> {
        let entries = lock(&self.sources).clone();
        let mut errors: BTreeMap<String, u64> = BTreeMap::new();
        for entry in entries {
            let is_foreign = entry.is_foreign();
            if !is_foreign || foreign {
                add_source(&entry, is_foreign, assembly, prefix);
            }
            *errors.entry(entry.name.clone()).or_default() += entry.errors();
        }
        errors.into_iter().collect()
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
        let mut families = lock(&self.families);
        let Some(&known) = families.get(family) else {
            let live: &'static LiveFamily<I> = Box::leak(Box::new(LiveFamily::new(def)));
            families.insert(family, live);
            return Ok(live);
        };
        let other = known.def();
        let same = other.name == name
            && other.labels == labels
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
        let families = lock(&self.families);
        let mut all: Vec<_> = families.values().map(|live| live.def()).collect();
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

fn add_source(entry: &Entry, foreign: bool, assembly: &mut Assembly, prefix: &str) {
    let rules = if foreign { Rules::Foreign } else { Rules::Own };
    for mut family in entry.read() {
        if !foreign {
            rename(&mut family, prefix);
        }
        if let Err(refusal) = assembly.add(family, rules) {
            entry.fail(refusal.count, &refusal.reason);
        }
    }
}

/// `service` is common to all series; programs may not use it for one of their own.
fn check_common_label(name: &str) -> Result<(), String> {
    if name == "service" {
        return Ok(());
    }
    check_metric_label(name).map_err(|error| error.to_string())
}

fn rename(family: &mut Family, prefix: &str) {
    if !prefix.is_empty() {
        family.name = prefixed(prefix, &family.name).into();
    }
}

fn prefixed(prefix: &str, name: &str) -> String {
    format!("{prefix}{name}")
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
