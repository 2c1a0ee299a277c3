//! Metrics as OTLP wants them.
//!
//! An item of a batch is one data point, so that what a receiver rejects is counted as it counts. What
//! the points of a metric have in common stands before each of them, and once in the request.
//!
//! Source: `opentelemetry/proto/metrics/v1/metrics.proto`.

use super::names;
use super::reader::{Field, Fields};
use super::settings::Form;
use super::temporality::{Change, Changes, buckets};
use super::value::{Value as Attribute, attribute};
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
const SUMMARY: u32 = 11;
/// `Gauge.data_points`, and so in all of them.
const POINTS: u32 = 1;

/// Of all points but those of histograms.
const ATTRIBUTES: u32 = 7;
const HISTOGRAM_ATTRIBUTES: u32 = 9;
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
}

impl Metrics {
    /// Totals began when the program did.
    pub(super) fn new(form: Form, started: u64) -> Self {
        let changes = Changes::new(form == Form::Delta, started);
        Self { changes }
    }
}

impl Encode for Metrics {
    fn encode(&mut self, reading: Reading<'_>, batch: &mut Batch) {
        encode(batch, reading.snapshot, &mut self.changes, reading.unix_ns);
    }
}

/// Appends all points of a snapshot that was taken at `now`.
pub(super) fn encode(batch: &mut Batch, snapshot: &Snapshot, changes: &mut Changes, now: u64) {
    // The resource has the name of the service already.
    let common: Vec<&Label> = snapshot
        .common
        .iter()
        .filter(|(name, _)| name != "service")
        .collect();
    let mut head = Vec::new();
    changes.begin(now);
    for family in &snapshot.families {
        head.clear();
        write_head(&mut head, family, changes.is_delta());
        for series in &family.series {
            let Some(change) = changes.of(family, series) else {
                continue;
            };
            let point = Point {
                common: &common,
                series,
                change: &change,
                now,
            };
            batch.write(|out| {
                wire::varint(out, head.len() as u64);
                out.extend_from_slice(&head);
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

fn write_head(out: &mut Vec<u8>, family: &Family, is_delta: bool) {
    let (name, unit) = names::metric(family);
    wire::message(out, head::ABOUT, |out| {
        wire::bytes(out, 1, name.as_bytes());
        wire::bytes(out, 2, family.help.as_bytes());
        wire::bytes(out, 3, unit.as_bytes());
    });
    let data = match family.kind {
        Kind::Gauge => GAUGE,
        Kind::Counter | Kind::Info => SUM,
        Kind::Histogram => HISTOGRAM,
        Kind::Summary => SUMMARY,
    };
    wire::uint(out, head::DATA, data.into());
    wire::message(out, head::REST, |out| {
        // What is no total has no other form.
        let is_delta = is_delta && family.kind != Kind::Info;
        if matches!(data, SUM | HISTOGRAM) {
            wire::uint(out, 2, if is_delta { DELTA } else { CUMULATIVE });
        }
        if family.kind == Kind::Counter {
            wire::uint(out, 3, 1);
        }
    });
}

struct Point<'a> {
    common: &'a [&'a Label],
    series: &'a Series,
    change: &'a Change<'a>,
    now: u64,
}

impl Point<'_> {
    fn encode(&self, out: &mut Vec<u8>) {
        let number = match &*self.change.value {
            Value::Histogram(_) => HISTOGRAM_ATTRIBUTES,
            _ => ATTRIBUTES,
        };
        self.encode_labels(out, number);
        if !matches!(&*self.change.value, Value::Gauge(_)) {
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
        let own = self.series.labels.iter();
        let hidden = |name: &str| self.series.labels.iter().any(|(own, _)| own == name);
        let common = self.common.iter().filter(|(name, _)| !hidden(name));
        for (name, value) in own.chain(common.copied()) {
            attribute(out, number, names::label(name), Attribute::Text(value));
        }
    }

    fn encode_histogram(&self, out: &mut Vec<u8>, histogram: &Histogram) {
        wire::fixed64(out, 4, histogram.count());
        wire::double_always(out, 5, histogram.sum);
        wire::packed_fixed64(out, 6, histogram.counts.len(), buckets(histogram));
        let bounds = &histogram.bounds;
        wire::packed_fixed64(
            out,
            7,
            bounds.len(),
            bounds.iter().map(|bound| bound.to_bits()),
        );
        for exemplar in &histogram.exemplars {
            if exemplar.unix_ns >= self.change.since {
                encode_exemplar(out, exemplar);
            }
        }
    }
}

fn encode_exemplar(out: &mut Vec<u8>, exemplar: &Exemplar) {
    wire::message(out, 8, |out| {
        wire::fixed64(out, 2, exemplar.unix_ns);
        wire::double_always(out, 3, exemplar.value);
        wire::bytes(out, 5, &exemplar.trace_id.to_be_bytes());
    });
}
