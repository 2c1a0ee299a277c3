//! The lines of samples, which both formats have in common.

use super::super::snapshot::Label;
use super::{escape, number};

/// Writes the lines of one series after the other. Labels are encoded once per series, bounds once
/// per family.
#[derive(Debug)]
pub(super) struct Lines {
    /// The common labels, encoded, each with a comma at the end.
    common: Vec<(String, Vec<u8>)>,
    /// The labels of the present series, encoded likewise.
    labels: Vec<u8>,
    bounds: Bounds,
}

/// The bounds of the last histogram and how they are written.
#[derive(Debug, Default)]
struct Bounds {
    numbers: Vec<f64>,
    texts: Vec<Vec<u8>>,
}

/// The number at the end of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Whole(u64),
    Real(f64),
}

impl Lines {
    pub(super) fn new(common: &[Label]) -> Self {
        let encode = |label: &Label| {
            let mut encoded = Vec::new();
            pair(&label.0, &label.1, &mut encoded);
            (label.0.to_string(), encoded)
        };
        Self {
            common: common.iter().map(encode).collect(),
            labels: Vec::new(),
            bounds: Bounds::default(),
        }
    }

    /// Begins a series.
    pub(super) fn labels(&mut self, labels: &[Label]) {
        self.labels.clear();
        for (name, encoded) in &self.common {
            if !labels.iter().any(|label| label.0 == *name) {
                self.labels.extend_from_slice(encoded);
            }
        }
        for (name, value) in labels {
            pair(name, value, &mut self.labels);
        }
    }

    /// Writes `name+suffix{labels} value`.
    pub(super) fn sample(&self, name: &str, suffix: &str, value: Number, out: &mut Vec<u8>) {
        self.start(name, suffix, out);
        if !self.labels.is_empty() {
            out.push(b'{');
            out.extend_from_slice(self.labels.strip_suffix(b",").unwrap_or(&self.labels));
            out.push(b'}');
        }
        finish(value, out);
        out.push(b'\n');
    }

    /// Writes `name{labels,quantile="…"} value`.
    pub(super) fn quantile(&self, name: &str, quantile: f64, value: f64, out: &mut Vec<u8>) {
        self.start(name, "", out);
        out.push(b'{');
        out.extend_from_slice(&self.labels);
        out.extend_from_slice(b"quantile=\"");
        number::canonical(quantile, out);
        out.extend_from_slice(b"\"}");
        finish(Number::Real(value), out);
        out.push(b'\n');
    }

    /// Writes `name_bucket{labels,le="…"} count` for every bucket, and lets `append` write what
    /// comes behind the count of a bucket.
    pub(super) fn buckets(
        &mut self,
        name: &str,
        bounds: &[f64],
        counts: &[u64],
        mut append: impl FnMut(usize, &mut Vec<u8>),
        out: &mut Vec<u8>,
    ) {
        self.bounds.set(bounds);
        for (bucket, count) in counts.iter().enumerate() {
            self.start(name, "_bucket", out);
            out.push(b'{');
            out.extend_from_slice(&self.labels);
            out.extend_from_slice(b"le=\"");
            out.extend_from_slice(self.bounds.texts.get(bucket).map_or(b"+Inf", Vec::as_slice));
            out.extend_from_slice(b"\"}");
            finish(Number::Whole(*count), out);
            append(bucket, out);
            out.push(b'\n');
        }
    }

    fn start(&self, name: &str, suffix: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(suffix.as_bytes());
    }
}

impl Bounds {
    fn set(&mut self, numbers: &[f64]) {
        if self.numbers == numbers {
            return;
        }
        self.numbers = numbers.to_vec();
        let text = |&bound: &f64| {
            let mut text = Vec::new();
            number::canonical(bound, &mut text);
            text
        };
        self.texts = numbers.iter().map(text).collect();
    }
}

fn pair(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    escape::label_value(value, out);
    out.extend_from_slice(b"\",");
}

fn finish(value: Number, out: &mut Vec<u8>) {
    out.push(b' ');
    match value {
        Number::Whole(value) => number::whole(value, out),
        Number::Real(value) => number::real(value, out),
    }
}
