//! What a collector is, and where it puts what it read.

use std::borrow::Cow;
use std::sync::Arc;

use obs_schema::def::MetricKind;

#[cfg(test)]
mod tests;

/// How many samples one collector may hand over in one scrape.
///
/// A collector that produces more has lost control of its labels. The surplus is
/// left out and counted, see [`Sink::dropped`].
pub const MAX_SAMPLES: usize = 10_000;

/// Something whose numbers are read at scrape time.
///
/// `collect` runs on the thread that serves the scrape, and every ten seconds on that of
/// the [windows](crate::metric::window), possibly on several at once. A scrape takes as
/// long as its collectors together, so each should be quick and must not wait for a lock
/// that is held for long. If it panics, its own series are missing from that scrape and
/// nothing else is.
///
/// ```
/// use std::sync::Mutex;
///
/// use obs_runtime::collect::{Collect, Sink};
///
/// struct Queue(Mutex<Vec<u64>>);
///
/// impl Collect for Queue {
///     fn name(&self) -> &str {
///         "queue"
///     }
///
///     fn collect(&self, sink: &mut Sink<'_>) {
///         let depth = self.0.lock().map(|jobs| jobs.len() as f64).ok();
///         sink.gauge("queue_depth", "Jobs that wait.", "", &[("queue", "mail")], depth);
///     }
/// }
///
/// let mut families = Vec::new();
/// Queue(Mutex::new(vec![7, 8])).collect(&mut Sink::new(&mut families));
/// assert_eq!(families[0].name, "queue_depth");
/// assert_eq!(families[0].samples[0].value, 2.0);
/// ```
pub trait Collect: Send + Sync {
    /// The collector's name: the label `collector` of the framework's own metrics about it.
    fn name(&self) -> &str;

    /// Reads the current values and hands them to `sink`.
    fn collect(&self, sink: &mut Sink<'_>);
}

impl<T: Collect + ?Sized> Collect for &T {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        (**self).collect(sink);
    }
}

impl<T: Collect + ?Sized> Collect for Box<T> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        (**self).collect(sink);
    }
}

impl<T: Collect + ?Sized> Collect for Arc<T> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        (**self).collect(sink);
    }
}

/// All samples of one name that a collector read.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectedFamily {
    /// The full name, without the prefix that the configuration adds.
    pub name: Cow<'static, str>,
    /// The help text: one sentence for people.
    pub help: Cow<'static, str>,
    /// Counter, gauge or info.
    pub kind: MetricKind,
    /// The unit in base units (`seconds`, `bytes`), or empty.
    pub unit: Cow<'static, str>,
    /// The samples, in the order in which they were handed over.
    pub samples: Vec<CollectedSample>,
}

/// One number and the labels that tell it from its siblings.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectedSample {
    /// Names and values of the labels.
    pub labels: Vec<(Cow<'static, str>, String)>,
    /// The value; 1 for an info.
    pub value: f64,
}

/// Takes the samples of one collector and keeps those of one name together.
///
/// Names, labels and duplicates are checked by whoever reads the families, with the
/// rules that apply to every other metric. What the sink itself refuses is what no
/// reader could use: NaN, a counter that is negative or infinite, a second kind
/// under a name, and more than [`MAX_SAMPLES`].
#[derive(Debug)]
pub struct Sink<'a> {
    families: &'a mut Vec<CollectedFamily>,
    room: usize,
    dropped: u64,
}

impl<'a> Sink<'a> {
    /// A sink that appends to `families`. Families of the same name are continued.
    pub fn new(families: &'a mut Vec<CollectedFamily>) -> Self {
        Self {
            families,
            room: MAX_SAMPLES,
            dropped: 0,
        }
    }

    /// A number that goes up and down. `None` leaves the sample out.
    pub fn gauge(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
        unit: &'static str,
        labels: &[(&'static str, &str)],
        value: impl Into<Option<f64>>,
    ) {
        self.number(family(name, help, MetricKind::Gauge, unit), labels, value);
    }

    /// A number that only grows, since some start. `None` leaves the sample out.
    ///
    /// The caller answers for the growth: a value below the previous one looks like
    /// a restart to whoever computes rates.
    pub fn counter(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
        unit: &'static str,
        labels: &[(&'static str, &str)],
        value: impl Into<Option<f64>>,
    ) {
        let family = family(name, help, MetricKind::FloatCounter, unit);
        self.number(family, labels, value);
    }

    fn number(
        &mut self,
        family: CollectedFamily,
        labels: &[(&'static str, &str)],
        value: impl Into<Option<f64>>,
    ) {
        if let Some(value) = value.into() {
            self.add(family, sample(labels, value));
        }
    }

    /// Facts that do not change, as labels of the constant 1.
    pub fn info(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
        labels: &[(&'static str, &str)],
    ) {
        let family = family(name, help, MetricKind::Info, "");
        self.add(family, sample(labels, 1.0));
    }

    /// A whole family, for collectors whose label names are only known at run time.
    pub fn push(&mut self, mut family: CollectedFamily) {
        let samples = std::mem::take(&mut family.samples);
        for sample in samples {
            self.add(family.clone(), sample);
        }
    }

    /// Counts samples that the collector itself left out to stay within a bound.
    pub fn drop_samples(&mut self, count: u64) {
        self.dropped = self.dropped.saturating_add(count);
    }

    /// How many samples were refused or left out so far.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn add(&mut self, family: CollectedFamily, sample: CollectedSample) {
        if self.room == 0 || !representable(family.kind, sample.value) {
            return self.drop_samples(1);
        }
        match self.find(&family.name) {
            Some(existing) if existing.kind == family.kind => existing.samples.push(sample),
            Some(_) => return self.drop_samples(1),
            None => self.families.push(CollectedFamily {
                samples: vec![sample],
                ..family
            }),
        }
        self.room -= 1;
    }

    /// The family of this name; collectors mostly continue the one they wrote last.
    fn find(&mut self, name: &str) -> Option<&mut CollectedFamily> {
        self.families
            .iter_mut()
            .rev()
            .find(|family| family.name == name)
    }
}

fn family(
    name: impl Into<Cow<'static, str>>,
    help: impl Into<Cow<'static, str>>,
    kind: MetricKind,
    unit: &'static str,
) -> CollectedFamily {
    CollectedFamily {
        name: name.into(),
        help: help.into(),
        kind,
        unit: unit.into(),
        samples: Vec::new(),
    }
}

fn sample(labels: &[(&'static str, &str)], value: f64) -> CollectedSample {
    let own = |&(name, text): &(&'static str, &str)| (Cow::Borrowed(name), text.to_owned());
    CollectedSample {
        labels: labels.iter().map(own).collect(),
        value,
    }
}

fn representable(kind: MetricKind, value: f64) -> bool {
    match kind {
        MetricKind::Counter | MetricKind::FloatCounter => value.is_finite() && value >= 0.0,
        MetricKind::Gauge => !value.is_nan(),
        MetricKind::Info => value == 1.0,
        // One number cannot be a distribution.
        MetricKind::Histogram | MetricKind::Summary => false,
    }
}
