//! The Prometheus text format, version 0.0.4.

use super::super::scan::Labels;
use super::super::snapshot::{Family, Value};
use super::escape;
use super::line::{Lines, Number};

pub(super) fn header(family: &Family, out: &mut Vec<u8>) {
    if !family.help.is_empty() {
        out.extend_from_slice(b"# HELP ");
        out.extend_from_slice(family.name.as_bytes());
        out.push(b' ');
        escape::text_help(&family.help, out);
        out.push(b'\n');
    }
    out.extend_from_slice(b"# TYPE ");
    out.extend_from_slice(family.name.as_bytes());
    out.push(b' ');
    out.extend_from_slice(family.kind.text_name().as_bytes());
    out.push(b'\n');
}

pub(super) fn series(
    lines: &mut Lines,
    name: &str,
    labels: Labels<'_>,
    value: &Value,
    out: &mut Vec<u8>,
) {
    match value {
        Value::Counter(value) => lines.sample(name, "", labels, Number::Whole(*value), out),
        Value::Info => lines.sample(name, "", labels, Number::Whole(1), out),
        Value::FloatCounter(value) | Value::Gauge(value) => {
            lines.sample(name, "", labels, Number::Real(*value), out);
        }
        Value::Histogram(histogram) => {
            lines.buckets(
                name,
                labels,
                &histogram.bounds,
                &histogram.counts,
                |_, _| (),
                out,
            );
            lines.sample(name, "_sum", labels, Number::Real(histogram.sum), out);
            lines.sample(
                name,
                "_count",
                labels,
                Number::Whole(histogram.count()),
                out,
            );
        }
        Value::Summary(summary) => {
            for &sample in &summary.quantiles {
                lines.quantile(name, labels, sample, out);
            }
            lines.sample(name, "_sum", labels, Number::Real(summary.sum), out);
            lines.sample(name, "_count", labels, Number::Whole(summary.count), out);
        }
    }
}
