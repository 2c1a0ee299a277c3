//! What is read at scrape time: collectors, closures, other libraries' registries.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use obs_schema::def::MetricKind;

use super::snapshot::{Family, Kind, Series, Value};
use crate::collect::{Collect, CollectedFamily, CollectedSample, Sink};
use crate::hot::body::cut;
use crate::series::MAX_LABEL_BYTES;
use crate::{diagnostics, fork};

/// A source that has not returned for this long is not asked again until it has. Prometheus gives a
/// scrape up after as long.
const STUCK: Duration = Duration::from_secs(10);

/// Something that families are read from. Its code is not trusted: it may panic and hand over
/// anything.
pub(crate) trait Source: Send + Sync {
    /// The label `collector` of what is said about it.
    fn name(&self) -> String;

    /// Reads the present values, and says how many it had to leave out.
    fn read(&self) -> (Vec<Family>, u64);

    /// Whether the names are another library's: they keep its rules and get no prefix.
    fn is_foreign(&self) -> bool {
        false
    }
}

/// A registered source and its record.
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) name: String,
    /// `None` if the families come on another way.
    source: Option<Box<dyn Source>>,
    errors: AtomicU64,
    /// The last thing said about it, so that it is not said at every scrape.
    said: Mutex<String>,
    timing: Mutex<Timing>,
}

/// How long reading a source takes.
#[derive(Debug, Default)]
struct Timing {
    /// When the oldest reading that has not ended began.
    since: Option<Reading>,
    /// What the last reading took.
    last: Duration,
}

/// A reading under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    begun: Instant,
    /// The process that reads: in its forked child nobody does.
    process: u32,
}

impl Entry {
    pub(super) fn new(id: u64, source: Box<dyn Source>) -> Self {
        let name = catch_unwind(AssertUnwindSafe(|| source.name()));
        let name = name.unwrap_or_else(|_| "unknown".to_owned());
        Self {
            source: Some(source),
            ..Self::without_source(id, &name)
        }
    }

    /// A record for what is read by others, see [`guard`](Self::guard).
    pub(super) fn without_source(id: u64, name: &str) -> Self {
        Self {
            id,
            name: cut(name, MAX_LABEL_BYTES).to_owned(),
            source: None,
            errors: AtomicU64::new(0),
            said: Mutex::new(String::new()),
            timing: Mutex::default(),
        }
    }

    pub(super) fn is_foreign(&self) -> bool {
        let Some(source) = &self.source else {
            return false;
        };
        catch_unwind(AssertUnwindSafe(|| source.is_foreign())).unwrap_or(true)
    }

    /// The families, or none if the source panics or is stuck.
    pub(super) fn read(&self) -> Vec<Family> {
        let Some(source) = &self.source else {
            return Vec::new();
        };
        let (families, dropped) = self.guard(|| source.read());
        if dropped > 0 {
            self.fail(dropped, "left samples out");
        }
        families
    }

    /// What `read` returns, or nothing if it panics or an earlier reading is stuck. No lock is held
    /// meanwhile.
    pub(super) fn guard<R: Default>(&self, read: impl FnOnce() -> R) -> R {
        self.guard_within(STUCK, read)
    }

    fn guard_within<R: Default>(&self, limit: Duration, read: impl FnOnce() -> R) -> R {
        let begun = Instant::now();
        let reading = Reading {
            begun,
            process: fork::generation(),
        };
        let oldest = self.timing().begin(reading);
        if oldest != reading && begun.saturating_duration_since(oldest.begun) >= limit {
            self.fail(1, "has not returned from an earlier reading");
            return R::default();
        }
        let result = catch_unwind(AssertUnwindSafe(read));
        let mut timing = self.timing();
        timing.last = begun.elapsed();
        timing.since = timing.since.filter(|since| *since != reading);
        drop(timing);
        result.unwrap_or_else(|_| {
            self.fail(1, "panicked");
            R::default()
        })
    }

    fn timing(&self) -> MutexGuard<'_, Timing> {
        self.timing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts `count` errors and says what happened, unless that was the last thing said.
    pub(super) fn fail(&self, count: u64, what: &str) {
        self.errors.fetch_add(count, Relaxed);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if *said != what {
            what.clone_into(&mut said);
            diagnostics::report(&format!("collector `{}`: {what}", self.name));
        }
    }

    pub(super) fn record(&self) -> Record {
        Record {
            errors: self.errors.load(Relaxed),
            took: self.timing().last,
        }
    }
}

impl Timing {
    /// Notes a reading, and returns the oldest that has not ended.
    fn begin(&mut self, reading: Reading) -> Reading {
        let since = self.since.filter(|since| since.process == reading.process);
        *self.since.insert(since.unwrap_or(reading))
    }
}

/// How reading a source, or all sources of one name, has gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Panics, and families and series that could not be shown.
    pub(super) errors: u64,
    /// What the last readings took.
    pub(super) took: Duration,
}

impl Record {
    pub(super) fn add(&mut self, other: Self) {
        self.errors = self.errors.saturating_add(other.errors);
        self.took = self.took.saturating_add(other.took);
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A collector as a source.
pub(super) struct Collector<C>(pub(super) C);

impl<C: Collect> Source for Collector<C> {
    fn name(&self) -> String {
        self.0.name().to_owned()
    }

    fn read(&self) -> (Vec<Family>, u64) {
        let mut families = Vec::new();
        let mut sink = Sink::new(&mut families);
        self.0.collect(&mut sink);
        let dropped = sink.dropped();
        (families.into_iter().map(family).collect(), dropped)
    }
}

/// A closure that is asked for the value of one gauge.
pub(super) struct Closure<F> {
    pub(super) family: Family,
    pub(super) read: F,
}

impl<F: Fn() -> f64 + Send + Sync> Source for Closure<F> {
    fn name(&self) -> String {
        self.family.name.to_string()
    }

    fn read(&self) -> (Vec<Family>, u64) {
        let value = (self.read)();
        let mut family = self.family.clone();
        for series in &mut family.series {
            series.value = Value::Gauge(value);
        }
        (vec![family], 0)
    }
}

fn family(collected: CollectedFamily) -> Family {
    let kind = collected.kind;
    let series = collected.samples.into_iter();
    Family {
        name: collected.name,
        help: collected.help,
        kind: Kind::from(kind),
        unit: collected.unit,
        series: series.map(|sample| series_of(kind, sample)).collect(),
    }
}

fn series_of(kind: MetricKind, sample: CollectedSample) -> Series {
    let labels = sample.labels.into_iter();
    Series {
        labels: labels.map(|(name, value)| (name, value.into())).collect(),
        value: match kind {
            MetricKind::Counter | MetricKind::FloatCounter => Value::FloatCounter(sample.value),
            MetricKind::Info => Value::Info,
            // The sink takes no distributions.
            MetricKind::Gauge | MetricKind::Histogram | MetricKind::Summary => {
                Value::Gauge(sample.value)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    struct Waiting(Mutex<Receiver<()>>);

    impl Source for Waiting {
        fn name(&self) -> String {
            "waiting".to_owned()
        }

        fn read(&self) -> (Vec<Family>, u64) {
            let _ = self.0.lock().unwrap().recv();
            (Vec::new(), 0)
        }
    }

    #[test]
    fn a_stuck_source_is_not_asked_until_it_returns() {
        let (release, released) = channel();
        let entry = Entry::new(1, Box::new(Waiting(Mutex::new(released))));
        std::thread::scope(|scope| {
            scope.spawn(|| entry.read());
            while entry.timing().since.is_none() {
                std::thread::yield_now();
            }
            for asked in 1..=2 {
                assert_eq!(entry.guard_within(Duration::ZERO, || 5), 0);
                assert_eq!(entry.record().errors, asked);
            }
            release.send(()).unwrap();
        });
        assert!(entry.timing().since.is_none());
        assert!(entry.record().took > Duration::ZERO);
        assert_eq!(entry.guard_within(Duration::ZERO, || 5), 5);
        assert_eq!(entry.record().errors, 2);
    }
}
