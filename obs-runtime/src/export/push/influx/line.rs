//! From readings to lines: one of each series, in which a histogram has a field per bucket.
//!
//! The names are those that Telegraf gives to what it scrapes: `counter`, `gauge`, `count`, `sum`, and the
//! bounds and quantiles.
//!
//! Source: <https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/>

use super::super::labels::Rules;
use super::super::samples::{Bounds, Sample};
use crate::export::delivery::Batch;
use crate::export::interval::{Encode, Reading};
use crate::metric::encode::push_number;
use crate::metric::snapshot::{Kind, Value};

/// Makes a line of each series.
#[derive(Debug)]
pub(super) struct Lines {
    rules: Rules,
    bounds: Bounds,
    /// The fields of the present series, kept for their memory.
    fields: Vec<u8>,
}

impl Lines {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            bounds: Bounds::default(),
            fields: Vec::new(),
        }
    }
}

impl Encode for Lines {
    fn encode(&mut self, reading: Reading<'_>, batch: &mut Batch) {
        let Self {
            rules,
            bounds,
            fields,
            ..
        } = self;
        let mut time = itoa::Buffer::new();
        let time = time.format(reading.unix_ns / 1_000_000).as_bytes();
        let mut labels = Vec::new();
        for family in &reading.snapshot.families {
            for series in &family.series {
                fields.clear();
                bounds.samples(&series.value, |sample| {
                    write_field(family.kind, &series.value, sample, fields);
                });
                if fields.is_empty() {
                    continue;
                }
                rules.apply(series, &reading.snapshot.common, &mut labels);
                batch.write(|out| {
                    escape(&family.name, b", ", out);
                    for (name, value) in &labels {
                        write_tag(name, value, out);
                    }
                    out.push(b' ');
                    out.extend_from_slice(fields);
                    out.push(b' ');
                    out.extend_from_slice(time);
                    out.push(b'\n');
                });
            }
        }
    }
}

/// What is not a number, and what is infinite, cannot be written and is left out.
fn write_field(kind: Kind, value: &Value, sample: Sample<'_>, out: &mut Vec<u8>) {
    let whole = match (value, sample.suffix) {
        (Value::Counter(count), _) => Some(*count),
        (Value::Histogram(histogram), "_count") => Some(histogram.count()),
        (Value::Histogram(_), "_bucket") => Some(sample.number as u64),
        (Value::Summary(summary), "_count") => Some(summary.count),
        _ => None,
    };
    // The numbers that all versions know have a sign.
    let is_written = match whole {
        Some(whole) => i64::try_from(whole).is_ok(),
        None => sample.number.is_finite(),
    };
    if !is_written {
        return;
    }
    if !out.is_empty() {
        out.push(b',');
    }
    let name = match (sample.bound, sample.suffix, kind) {
        (Some((_, bound)), _, _) => bound,
        (None, "_sum", _) => "sum",
        (None, "_count", _) => "count",
        (None, _, Kind::Counter) => "counter",
        (None, _, _) => "gauge",
    };
    escape(name, b",= ", out);
    out.push(b'=');
    match whole {
        Some(whole) => {
            out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
            out.push(b'i');
        }
        None => push_number(sample.number, out),
    }
}

fn write_tag(name: &str, value: &str, out: &mut Vec<u8>) {
    // A backslash at the end would escape what is behind it, and cannot be escaped itself.
    let value = value.trim_end_matches('\\');
    if value.is_empty() {
        return;
    }
    out.push(b',');
    escape(name, b",= ", out);
    out.push(b'=');
    escape(value, b",= ", out);
}

/// Writes a backslash before what is `special`, and line breaks and the like as they are written in source code.
fn escape(text: &str, special: &[u8], out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ if special.contains(&byte) => out.extend_from_slice(&[b'\\', byte]),
            _ => out.push(byte),
        }
    }
}
