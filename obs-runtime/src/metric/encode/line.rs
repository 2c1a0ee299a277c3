//! The lines of samples, which both formats have in common.

use std::mem::take;

use super::super::scan::Labels;
use super::super::snapshot::Label;
use super::number;
use crate::series::fragment;

/// Writes the lines of one series after the other, bounds as they were encoded once per family.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The common labels, as they are and encoded, with a comma at the end.
    common: Vec<(Label, Vec<u8>)>,
    /// Those that the present series does not have itself.
    shared: Vec<u8>,
    /// How the lines of the present histogram begin.
    start: Vec<u8>,
    bounds: Bounds,
}

/// The bounds of the last histogram and how they are written.
#[derive(Debug, Default)]
struct Bounds {
    numbers: Vec<f64>,
    texts: Vec<u8>,
    /// Where each of the texts ends.
    ends: Vec<usize>,
}

/// The number at the end of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Whole(u64),
    Real(f64),
}

impl Lines {
    pub(super) fn new(common: &[Label]) -> Self {
        let mut lines = Self::default();
        lines.set_common(common);
        lines
    }

    /// Changes the common labels.
    pub(super) fn set_common(&mut self, common: &[Label]) {
        if !self.common.iter().map(|(label, _)| label).eq(common) {
            let encode = |label: &Label| {
                let mut encoded = Vec::new();
                fragment::push(&label.0, &label.1, &mut encoded);
                (label.clone(), encoded)
            };
            self.common = common.iter().map(encode).collect();
        }
    }

    /// Says which labels the next series have.
    pub(super) fn names(&mut self, has: impl Fn(&str) -> bool) {
        self.shared.clear();
        for (label, encoded) in &self.common {
            if !has(&label.0) {
                self.shared.extend_from_slice(encoded);
            }
        }
    }

    /// Writes `name+suffix{labels} value`.
    #[inline]
    pub(super) fn sample(
        &self,
        name: &str,
        suffix: &str,
        labels: Labels<'_>,
        value: Number,
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(name.as_bytes());
        // What is empty is not free to append.
        if !suffix.is_empty() {
            out.extend_from_slice(suffix.as_bytes());
        }
        out.push(b'{');
        let before = out.len();
        self.labels(labels, out);
        // The comma of the last label or the bracket goes. To look which it is would wait for the copy.
        let has_labels = out.len() > before;
        out.truncate(out.len() - 1);
        if has_labels {
            out.push(b'}');
        }
        out.push(b' ');
        finish(value, out);
    }

    /// Writes `name{labels,quantile="…"} value`.
    pub(super) fn quantile(
        &self,
        name: &str,
        labels: Labels<'_>,
        (quantile, value): (f64, f64),
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(name.as_bytes());
        out.push(b'{');
        self.labels(labels, out);
        out.extend_from_slice(b"quantile=\"");
        number::canonical(quantile, out);
        out.extend_from_slice(b"\"} ");
        finish(Number::Real(value), out);
    }

    /// Writes all labels of a series, whose [names](Self::names) were told, each with a comma behind it.
    #[inline(always)]
    fn labels(&self, labels: Labels<'_>, out: &mut Vec<u8>) {
        if !self.shared.is_empty() {
            out.extend_from_slice(&self.shared);
        }
        for piece in labels.encoded {
            out.extend_from_slice(piece);
        }
        for (name, value) in labels.plain {
            fragment::push(name, value, out);
        }
    }

    /// Writes `name_bucket{labels,le="…"} count` for every bucket, and lets `append` write what
    /// comes behind the count of a bucket.
    pub(super) fn buckets(
        &mut self,
        name: &str,
        labels: Labels<'_>,
        bounds: &[f64],
        counts: &[u64],
        mut append: impl FnMut(usize, &mut Vec<u8>),
        out: &mut Vec<u8>,
    ) {
        self.bounds.set(bounds);
        let mut start = take(&mut self.start);
        start.clear();
        start.extend_from_slice(name.as_bytes());
        start.extend_from_slice(b"_bucket{");
        self.labels(labels, &mut start);
        for (bucket, count) in counts.iter().enumerate() {
            out.extend_from_slice(&start);
            out.extend_from_slice(self.bounds.get(bucket));
            number::whole(*count, out);
            append(bucket, out);
            out.push(b'\n');
        }
        self.start = start;
    }
}

impl Bounds {
    fn set(&mut self, numbers: &[f64]) {
        if self.numbers == numbers {
            return;
        }
        self.numbers.clear();
        self.numbers.extend_from_slice(numbers);
        self.texts.clear();
        self.ends.clear();
        for &bound in numbers {
            self.texts.extend_from_slice(b"le=\"");
            number::canonical(bound, &mut self.texts);
            self.texts.extend_from_slice(b"\"} ");
            self.ends.push(self.texts.len());
        }
    }

    /// `le="…"} `
    fn get(&self, bucket: usize) -> &[u8] {
        let Some(&end) = self.ends.get(bucket) else {
            return b"le=\"+Inf\"} ";
        };
        let before = bucket
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        let start = before.copied().unwrap_or(0);
        self.texts.get(start..end).unwrap_or_default()
    }
}

fn finish(value: Number, out: &mut Vec<u8>) {
    match value {
        Number::Whole(value) => number::whole(value, out),
        Number::Real(value) => number::real(value, out),
    }
    out.push(b'\n');
}
