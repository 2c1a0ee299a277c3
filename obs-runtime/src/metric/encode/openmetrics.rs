//! OpenMetrics 1.0.
//!
//! It is stricter than the text format: the name of a counter's family has no `_total`, a unit is
//! the suffix of the name, `_sum` and `_count` only stand where they can be taken for counters,
//! and one wrong line makes the whole exposition invalid.

use super::super::scan::Labels;
use super::super::snapshot::{Exemplar, Family, Histogram, Kind, Summary, Value};
use super::line::{Lines, Number};
use super::{escape, number};

pub(super) fn header(family: &Family, out: &mut Vec<u8>) {
    let name = name(family);
    let mut entry = |word: &str, text: &str| {
        out.extend_from_slice(b"# ");
        out.extend_from_slice(word.as_bytes());
        out.push(b' ');
        out.extend_from_slice(name.as_bytes());
        out.push(b' ');
        escape::openmetrics_help(text, out);
        out.push(b'\n');
    };
    entry("TYPE", family.kind.openmetrics_name());
    if has_unit(name, family) {
        entry("UNIT", &family.unit);
    }
    if !family.help.is_empty() {
        entry("HELP", &family.help);
    }
}

pub(super) fn series(
    lines: &mut Lines,
    family: &Family,
    labels: Labels<'_>,
    value: &Value,
    out: &mut Vec<u8>,
) {
    let name = name(family);
    match value {
        Value::Counter(value) => lines.sample(name, "_total", labels, Number::Whole(*value), out),
        Value::FloatCounter(value) => {
            lines.sample(name, "_total", labels, Number::Real(*value), out);
        }
        Value::Gauge(value) => {
            lines.sample(name, "", labels, Number::Real(*value), out);
        }
        Value::Info => lines.sample(name, "_info", labels, Number::Whole(1), out),
        Value::Histogram(histogram) => write_histogram(lines, name, labels, histogram, out),
        Value::Summary(summary) => write_summary(lines, name, labels, summary, out),
    }
}

fn write_histogram(
    lines: &mut Lines,
    name: &str,
    labels: Labels<'_>,
    histogram: &Histogram,
    out: &mut Vec<u8>,
) {
    let mut exemplars = histogram.exemplars.iter().peekable();
    let append = |bucket: usize, out: &mut Vec<u8>| {
        if let Some(exemplar) = exemplars.next_if(|exemplar| exemplar.bucket == bucket) {
            write_exemplar(exemplar, out);
        }
    };
    lines.buckets(
        name,
        labels,
        &histogram.bounds,
        &histogram.counts,
        append,
        out,
    );
    // With negative observations the sum is no counter. `_count` stands only beside `_sum`.
    let negative = histogram.bounds.first().is_some_and(|&bound| bound < 0.0);
    if !negative && histogram.sum >= 0.0 {
        lines.sample(name, "_sum", labels, Number::Real(histogram.sum), out);
        lines.sample(
            name,
            "_count",
            labels,
            Number::Whole(histogram.count()),
            out,
        );
    }
}

fn write_summary(
    lines: &mut Lines,
    name: &str,
    labels: Labels<'_>,
    summary: &Summary,
    out: &mut Vec<u8>,
) {
    for &sample in &summary.quantiles {
        // A quantile may be NaN but not negative.
        if sample.1.is_nan() || sample.1 >= 0.0 {
            lines.quantile(name, labels, sample, out);
        }
    }
    lines.sample(name, "_count", labels, Number::Whole(summary.count), out);
    if summary.sum >= 0.0 {
        lines.sample(name, "_sum", labels, Number::Real(summary.sum), out);
    }
}

/// ` # {trace_id="…"} 0.067 1520879607.789`: far below the 128 characters that are allowed.
fn write_exemplar(exemplar: &Exemplar, out: &mut Vec<u8>) {
    use std::io::Write;
    let _ = write!(out, " # {{trace_id=\"{:032x}\"}} ", exemplar.trace_id);
    number::real(exemplar.value, out);
    let (seconds, millis) = (
        exemplar.unix_ns / 1_000_000_000,
        exemplar.unix_ns / 1_000_000 % 1000,
    );
    let _ = write!(out, " {seconds}.{millis:03}");
}

/// The name of the family, without what its samples have as a suffix.
fn name(family: &Family) -> &str {
    let name = &*family.name;
    match family.kind {
        Kind::Counter => name.strip_suffix("_total").unwrap_or(name),
        Kind::Info => name.strip_suffix("_info").unwrap_or(name),
        _ => name,
    }
}

fn has_unit(name: &str, family: &Family) -> bool {
    let base = name.strip_suffix(&*family.unit);
    !family.unit.is_empty()
        && family.kind != Kind::Info
        && base.is_some_and(|base| base.ends_with('_'))
}
