//! What the metrics said at one moment: the model that every encoder and exporter reads.
//!
//! ```
//! use obs_runtime::metric::{Registry, snapshot::Value};
//!
//! let registry = Registry::new();
//! registry.register_gauge("queue_depth", "Jobs that wait.", "", &[("queue", "mail")], || 3.0);
//! let snapshot = registry.snapshot();
//! let family = snapshot.family("queue_depth").unwrap();
//! assert_eq!(family.series[0].labels, [("queue".into(), "mail".into())]);
//! assert_eq!(family.series[0].value, Value::Gauge(3.0));
//! ```

use std::borrow::Cow;

use obs_schema::def::MetricKind;

use super::ends::Ends;
use super::exponential::{Exponential, Fine};

/// A label: its name and its value.
pub type Label = (Cow<'static, str>, Cow<'static, str>);

/// Every family of a registry, sorted by name.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Labels that belong to every series that has no label of that name itself.
    pub common: Vec<Label>,
    /// The families, sorted by name, none of them without series.
    pub families: Vec<Family>,
}

/// All series of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// The full name, the configured prefix included; a counter's ends in `_total`, an info's in `_info`.
    pub name: Cow<'static, str>,
    /// The help text: one sentence for people.
    pub help: Cow<'static, str>,
    /// What kind of metric it is.
    pub kind: Kind,
    /// The unit in base units (`seconds`, `bytes`), or empty.
    pub unit: Cow<'static, str>,
    /// The series, sorted by their labels, no label set twice.
    pub series: Vec<Series>,
}

/// What kind of metric a family is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A number that only grows.
    Counter,
    /// A number that goes up and down.
    Gauge,
    /// Observations counted in buckets.
    Histogram,
    /// Observations with quantiles computed in the process.
    Summary,
    /// A constant set of labels with the value 1.
    Info,
}

/// One label set of a family and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Names and values of its own labels, in the order in which they are printed.
    pub labels: Vec<Label>,
    /// The value, of the family's kind.
    pub value: Value,
}

/// The value of a series.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A whole number that only grows.
    Counter(u64),
    /// A finite real number of at least 0 that only grows.
    FloatCounter(f64),
    /// A number that goes up and down.
    Gauge(f64),
    /// Observations counted in buckets.
    Histogram(Histogram),
    /// Observations with quantiles.
    Summary(Summary),
    /// 1.
    Info,
}

/// The value of a histogram.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// The inclusive upper bounds of the buckets, increasing, without `+Inf`.
    pub bounds: Cow<'static, [f64]>,
    /// How many observations are at most each bound; the last, one more than there are bounds, is that of `+Inf`.
    pub counts: Vec<u64>,
    /// The sum of all observations.
    pub sum: f64,
    /// Traces that show what such an observation was, at most one per bucket, sorted by bucket.
    pub exemplars: Vec<Exemplar>,
    /// The smallest and the largest observation since the last tick of the windows; only a tick has them.
    pub(crate) extremes: Option<(f64, f64)>,
    /// Those since the start; only a reading for exporters has them.
    pub(crate) ends: Ends,
    /// The observations in finer buckets, if they are counted so.
    pub(crate) exponential: Option<Exponential>,
}

/// A trace whose duration was counted in a bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exemplar {
    /// The index of the bucket in [`Histogram::counts`].
    pub bucket: usize,
    /// The trace, which has been kept.
    pub trace_id: u128,
    /// The observation; it lies in the bucket.
    pub value: f64,
    /// When it was made, in nanoseconds since 1970.
    pub unix_ns: u64,
}

/// The value of a summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Each quantile with its value over the recent past; NaN without an observation.
    pub quantiles: Vec<(f64, f64)>,
    /// How many observations there have been since the start.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
}

impl Snapshot {
    /// The family of this name.
    #[must_use]
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.name == name)
    }

    /// How many series there are in all families.
    #[must_use]
    pub fn series(&self) -> usize {
        self.families.iter().map(|family| family.series.len()).sum()
    }
}

impl Family {
    /// The series with exactly these labels, in any order.
    #[must_use]
    pub fn with(&self, labels: &[(&str, &str)]) -> Option<&Series> {
        self.series.iter().find(|series| {
            series.labels.len() == labels.len()
                && labels
                    .iter()
                    .all(|(name, value)| series.label(name) == Some(value))
        })
    }
}

impl Series {
    /// The value of one of its own labels.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        let found = self.labels.iter().find(|label| label.0 == name);
        found.map(|label| &*label.1)
    }
}

impl Histogram {
    /// A histogram from the counts of its buckets, not cumulative, `+Inf` last.
    #[must_use]
    pub fn from_buckets(bounds: impl Into<Cow<'static, [f64]>>, buckets: &[u64], sum: f64) -> Self {
        let mut histogram = Self::from_counts(bounds, Vec::new(), 0.0);
        histogram.set(buckets, sum);
        histogram
    }

    /// Changes what was observed to this; the buckets are not cumulative.
    pub(super) fn set<'a>(&mut self, buckets: impl IntoIterator<Item = &'a u64>, sum: f64) {
        let cumulate = |total: &mut u64, &count: &u64| {
            *total = total.wrapping_add(count);
            Some(*total)
        };
        self.counts.clear();
        self.counts.extend(buckets.into_iter().scan(0, cumulate));
        self.sum = sum;
    }

    /// The same from the buckets that are counted, which may be finer than those of this histogram.
    pub(super) fn set_counted(&mut self, fine: Option<&Fine>, buckets: &[u64], sum: f64) {
        match fine {
            None => self.set(buckets, sum),
            Some(fine) => {
                let (declared, exponential) = fine.split(buckets);
                self.set(&declared, sum);
                self.exponential = Some(exponential);
            }
        }
    }

    /// A histogram from its cumulative counts, that of `+Inf` last.
    #[must_use]
    pub fn from_counts(bounds: impl Into<Cow<'static, [f64]>>, counts: Vec<u64>, sum: f64) -> Self {
        Self {
            bounds: bounds.into(),
            counts,
            sum,
            exemplars: Vec::new(),
            extremes: None,
            ends: Ends::default(),
            exponential: None,
        }
    }

    /// Adds the observations of another histogram. Where the bounds differ, those that both have
    /// remain: their counts are exact.
    pub(crate) fn add(&mut self, other: &Self) {
        self.ends = match (self.count(), other.count()) {
            (_, 0) => self.ends,
            (0, _) => other.ends,
            _ => self.ends.and(other.ends),
        };
        self.keep_bounds_of(other);
        let mut other = other.clone();
        other.keep_bounds_of(self);
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.wrapping_add(*more);
        }
        self.sum += other.sum;
        self.exponential = match (self.exponential.take(), &other.exponential) {
            (Some(own), Some(other)) => own.plus(other),
            _ => None,
        };
        self.extremes = match (self.extremes, other.extremes) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        for exemplar in other.exemplars {
            if !self.exemplars.iter().any(|e| e.bucket == exemplar.bucket) {
                self.exemplars.push(exemplar);
            }
        }
        self.exemplars.sort_by_key(|exemplar| exemplar.bucket);
    }

    fn keep_bounds_of(&mut self, other: &Self) {
        if self.bounds == other.bounds {
            return;
        }
        let pairs = self.bounds.iter().zip(&self.counts);
        let (bounds, mut counts): (Vec<f64>, Vec<u64>) = pairs
            .filter(|(bound, _)| other.bounds.contains(bound))
            .unzip();
        counts.push(self.count());
        self.bounds = bounds.into();
        self.counts = counts;
        // Their buckets are others now.
        self.exemplars.clear();
    }

    /// How many observations there are: the last of the counts.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.last().copied().unwrap_or(0)
    }
}

impl Kind {
    /// The word of the text format 0.0.4, to which an info is a gauge.
    #[must_use]
    pub const fn text_name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge | Self::Info => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
        }
    }

    /// The word of OpenMetrics.
    #[must_use]
    pub const fn openmetrics_name(self) -> &'static str {
        match self {
            Self::Info => "info",
            other => other.text_name(),
        }
    }
}

impl From<MetricKind> for Kind {
    fn from(kind: MetricKind) -> Self {
        match kind {
            MetricKind::Counter | MetricKind::FloatCounter => Self::Counter,
            MetricKind::Gauge => Self::Gauge,
            MetricKind::Histogram => Self::Histogram,
            MetricKind::Summary => Self::Summary,
            MetricKind::Info => Self::Info,
        }
    }
}
