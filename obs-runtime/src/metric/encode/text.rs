//! The Prometheus text format, version 0.0.4.

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

pub(super) fn series(lines: &mut Lines, name: &str, value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Counter(value) => lines.sample(name, "", Number::Whole(*value), out),
        Value::Info => lines.sample(name, "", Number::Whole(1), out),
        Value::FloatCounter(value) | Value::Gauge(value) => {
            lines.sample(name, "", Number::Real(*value), out);
        }
        Value::Histogram(histogram) => {
            lines.buckets(name, &histogram.bounds, &histogram.counts, |_, _| (), out);
            lines.sample(name, "_sum", Number::Real(histogram.sum), out);
            lines.sample(name, "_count", Number::Whole(histogram.count()), out);
        }
        Value::Summary(summary) => {
            for &(quantile, value) in &summary.quantiles {
                lines.quantile(name, quantile, value, out);
            }
            lines.sample(name, "_sum", Number::Real(summary.sum), out);
            lines.sample(name, "_count", Number::Whole(summary.count), out);
        }
    }
}
