//! Metrics as OTLP wants them.
//!
//! An item of a batch is one data point, so that what a receiver rejects is counted as it counts. What
//! the points of a metric have in common stands before each of them, and once in the request.
//!
//! Source: `opentelemetry/proto/metrics/v1/metrics.proto`.

use obs_schema::monitoring::HistogramForm;

use super::conventions::About;
use super::exponential::Shape;
use super::names;
use super::reader::{Field, Fields};
use super::settings::Form;
use super::temporality::{Change, Changes, buckets};
use super::value::{self, attribute};
use super::wire;
use crate::export::delivery::Batch;
use crate::export::interval::{Encode, Reading};
use crate::metric::snapshot::{Exemplar, Family, Histogram, Kind, Label, Series, Snapshot, Value};

/// `ScopeMetrics.metrics`.
const METRICS: u32 = 2;
/// `Metric.gauge` and its siblings.
const GAUGE: u32 = 5;
const SUM: u32 = 7;
const HISTOGRAM: u32 = 9;
const EXPONENTIAL: u32 = 10;
const SUMMARY: u32 = 11;
/// `Gauge.data_points`, and so in all of them.
const POINTS: u32 = 1;

/// Of all points but those of histograms.
const ATTRIBUTES: u32 = 7;
const HISTOGRAM_ATTRIBUTES: u32 = 9;
const EXPONENTIAL_ATTRIBUTES: u32 = 1;
const START: u32 = 2;
const TIME: u32 = 3;

/// Numbers of `AggregationTemporality`.
const DELTA: u64 = 1;
const CUMULATIVE: u64 = 2;

/// What stands before a point: fields of a message that never leaves the process.
mod head {
    /// The fields of the metric but its points.
    pub(super) const ABOUT: u32 = 1;
    /// The field of the metric that has the points.
    pub(super) const DATA: u32 = 2;
    /// What is in that field besides the points.
    pub(super) const REST: u32 = 3;
}

/// Encodes what the metrics say.
#[derive(Debug)]
pub(super) struct Metrics {
    changes: Changes,
    histograms: HistogramForm,
}

impl Metrics {
    /// Totals began when the program did.
    pub(super) fn new(form: Form, histograms: HistogramForm, started: u64) -> Self {
        let changes = Changes::new(form == Form::Delta, started);
        Self {
            changes,
            histograms,
        }
    }
}

impl Encode for Metrics {
    fn encode(&mut self, reading: Reading<'_>, batch: &mut Batch) {
        let changes = &mut self.changes;
        encode(
            batch,
            reading.snapshot,
            changes,
            self.histograms,
            reading.unix_ns,
        );
    }
}

/// Appends all points of a snapshot that was taken at `now`.
pub(super) fn encode(
    batch: &mut Batch,
    snapshot: &Snapshot,
    changes: &mut Changes,
    histograms: HistogramForm,
    now: u64,
) {
    // The resource has the name of the service already.
    let common: Vec<&Label> = snapshot
        .common
        .iter()
        .filter(|(name, _)| name != "service")
        .collect();
    let (mut usual, mut exponential) = (Vec::new(), Vec::new());
    changes.begin(now);
    for family in &snapshot.families {
        let names = names::metric(family);
        let about = About::of(names.0);
        usual.clear();
        exponential.clear();
        let data = usual_data(family.kind, names.0);
        let is_delta = changes.is_delta();
        write_head(&mut usual, family, names, data, is_delta);
        write_head(&mut exponential, family, names, EXPONENTIAL, is_delta);
        for series in &family.series {
            let Some(change) = changes.of(family, series) else {
                continue;
            };
            let point = Point {
                common: &common,
                about,
                series,
                change: &change,
                has_start: data != GAUGE,
                shape: shape(&change.value, histograms),
                now,
            };
            let head = match point.shape {
                Some(_) => &exponential,
                None => &usual,
            };
            batch.write(|out| {
                wire::varint(out, head.len() as u64);
                out.extend_from_slice(head);
                wire::message(out, POINTS, |out| point.encode(out));
            });
        }
    }
    changes.end();
}

/// Puts points that follow each other and belong to one metric into one.
pub(super) fn join(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::with_capacity(batch.bytes().len());
    let mut items = batch.items().filter_map(split).peekable();
    while let Some((head, first)) = items.next() {
        let (mut about, mut data, mut rest) = (&[][..], 0, &[][..]);
        for (number, field) in Fields(head) {
            match (number as u32, field) {
                (head::ABOUT, Field::Bytes(bytes)) => about = bytes,
                (head::DATA, Field::Uint(number)) => data = number as u32,
                (head::REST, Field::Bytes(bytes)) => rest = bytes,
                _ => {}
            }
        }
        wire::message(&mut out, METRICS, |out| {
            out.extend_from_slice(about);
            wire::message(out, data, |out| {
                out.extend_from_slice(first);
                while let Some((_, point)) = items.next_if(|(other, _)| *other == head) {
                    out.extend_from_slice(point);
                }
                out.extend_from_slice(rest);
            });
        });
    }
    out
}

/// The head of an item and its point.
fn split(item: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut fields = Fields(item);
    let len = fields.varint()?;
    fields.0.split_at_checked(usize::try_from(len).ok()?)
}

/// The field of a metric that has its points.
fn usual_data(kind: Kind, name: &str) -> u32 {
    match kind {
        Kind::Gauge if names::counted(name).is_none() => GAUGE,
        Kind::Gauge | Kind::Counter | Kind::Info => SUM,
        Kind::Histogram => HISTOGRAM,
        Kind::Summary => SUMMARY,
    }
}

/// The buckets of a histogram that is sent as an exponential one: it has to be wanted so, and counted finely.
fn shape(value: &Value, histograms: HistogramForm) -> Option<Shape> {
    match (value, histograms) {
        (Value::Histogram(histogram), HistogramForm::Exponential) => {
            histogram.exponential.as_ref().map(Shape::of)
        }
        _ => None,
    }
}

fn write_head(
    out: &mut Vec<u8>,
    family: &Family,
    (name, unit): (&str, &str),
    data: u32,
    is_delta: bool,
) {
    wire::message(out, head::ABOUT, |out| {
        wire::bytes(out, 1, name.as_bytes());
        wire::bytes(out, 2, family.help.as_bytes());
        wire::bytes(out, 3, unit.as_bytes());
    });
    wire::uint(out, head::DATA, data.into());
    wire::message(out, head::REST, |out| {
        // What is no total has no other form.
        let is_delta = is_delta && !matches!(family.kind, Kind::Gauge | Kind::Info);
        if matches!(data, SUM | HISTOGRAM | EXPONENTIAL) {
            wire::uint(out, 2, if is_delta { DELTA } else { CUMULATIVE });
        }
        if family.kind == Kind::Counter {
            wire::uint(out, 3, 1);
        }
    });
}

struct Point<'a> {
    common: &'a [&'a Label],
    about: About,
    series: &'a Series,
    change: &'a Change<'a>,
    /// Whether it says since when it counts.
    has_start: bool,
    /// Of an exponential histogram.
    shape: Option<Shape>,
    now: u64,
}

impl Point<'_> {
    fn encode(&self, out: &mut Vec<u8>) {
        let number = match (&*self.change.value, &self.shape) {
            (_, Some(_)) => EXPONENTIAL_ATTRIBUTES,
            (Value::Histogram(_), None) => HISTOGRAM_ATTRIBUTES,
            _ => ATTRIBUTES,
        };
        self.encode_labels(out, number);
        if self.has_start {
            wire::fixed64(out, START, self.change.since);
        }
        wire::fixed64(out, TIME, self.now);
        match &*self.change.value {
            Value::Counter(count) => wire::fixed64_always(out, 6, *count),
            Value::Info => wire::fixed64_always(out, 6, 1),
            Value::FloatCounter(value) | Value::Gauge(value) => wire::double_always(out, 4, *value),
            Value::Histogram(histogram) => self.encode_histogram(out, histogram),
            Value::Summary(summary) => {
                wire::fixed64(out, 4, summary.count);
                wire::double_always(out, 5, summary.sum);
                // Without an observation there is no quantile.
                let known = summary
                    .quantiles
                    .iter()
                    .filter(|(_, value)| !value.is_nan());
                for (quantile, value) in known {
                    wire::message(out, 6, |out| {
                        wire::double_always(out, 1, *quantile);
                        wire::double_always(out, 2, *value);
                    });
                }
            }
        }
    }

    fn encode_labels(&self, out: &mut Vec<u8>, number: u32) {
        let labels = &self.series.labels;
        let own = labels.iter().filter(|label| self.about.keeps(label));
        let hidden = |name: &str| labels.iter().any(|(own, _)| own == name);
        let common = self.common.iter().filter(|(name, _)| !hidden(name));
        for (name, value) in own.chain(common.copied()) {
            let (key, value) = names::label(name, value);
            attribute(out, number, key, value);
        }
        for (key, value) in self.about.beside(labels) {
            attribute(out, number, key, value::Value::Text(value));
        }
    }

    fn encode_histogram(&self, out: &mut Vec<u8>, histogram: &Histogram) {
        wire::fixed64(out, 4, histogram.count());
        wire::double_always(out, 5, histogram.sum);
        if let Some(shape) = &self.shape {
            shape.encode(out);
            encode_ends(out, 12, histogram);
            return self.encode_exemplars(out, 11, histogram);
        }
        wire::packed_fixed64(out, 6, histogram.counts.len(), buckets(histogram));
        let bounds = &histogram.bounds;
        wire::packed_fixed64(
            out,
            7,
            bounds.len(),
            bounds.iter().map(|bound| bound.to_bits()),
        );
        encode_ends(out, 11, histogram);
        self.encode_exemplars(out, 8, histogram);
    }

    fn encode_exemplars(&self, out: &mut Vec<u8>, field: u32, histogram: &Histogram) {
        for exemplar in &histogram.exemplars {
            if exemplar.unix_ns >= self.change.since {
                encode_exemplar(out, field, exemplar);
            }
        }
    }
}

/// `min`, and `max` after it, where they are known.
fn encode_ends(out: &mut Vec<u8>, min: u32, histogram: &Histogram) {
    let ends = histogram.ends;
    for (field, end) in [(min, ends.least), (min + 1, ends.greatest)] {
        if let Some(end) = end {
            wire::double_always(out, field, end);
        }
    }
}

fn encode_exemplar(out: &mut Vec<u8>, field: u32, exemplar: &Exemplar) {
    wire::message(out, field, |out| {
        wire::fixed64(out, 2, exemplar.unix_ns);
        wire::double_always(out, 3, exemplar.value);
        wire::bytes(out, 5, &exemplar.trace_id.to_be_bytes());
    });
}
