//! The samples of a series, as Prometheus names them.

use crate::metric::encode::canonical;
use crate::metric::snapshot::{Exemplar, Histogram, Value};

/// One number of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample<'a> {
    /// What is behind the name of the family.
    pub(super) suffix: &'static str,
    /// `le` or `quantile`, with its value.
    pub(super) bound: Option<(&'static str, &'a str)>,
    pub(super) number: f64,
    pub(super) exemplar: Option<&'a Exemplar>,
}

/// The bounds of the last histogram or summary, and how they are written.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    numbers: Vec<f64>,
    texts: Vec<String>,
}

impl Bounds {
    fn set(&mut self, numbers: impl Iterator<Item = f64> + Clone) {
        if self.numbers.iter().copied().eq(numbers.clone()) {
            return;
        }
        self.numbers.clear();
        self.numbers.extend(numbers);
        self.texts.clear();
        self.texts
            .extend(self.numbers.iter().map(|&bound| canonical(bound)));
    }

    /// How the bound at this place is written; the one behind the last is infinite.
    fn get(&self, index: usize) -> &str {
        self.texts.get(index).map_or("+Inf", String::as_str)
    }

    /// Tells of every sample of a value.
    pub(super) fn samples(&mut self, value: &Value, mut tell: impl FnMut(Sample<'_>)) {
        match value {
            Value::Counter(count) => tell(Sample::plain("", *count as f64)),
            Value::FloatCounter(number) | Value::Gauge(number) => tell(Sample::plain("", *number)),
            Value::Info => tell(Sample::plain("", 1.0)),
            Value::Histogram(histogram) => {
                self.buckets(histogram, &mut tell);
                tell(Sample::plain("_sum", histogram.sum));
                tell(Sample::plain("_count", histogram.count() as f64));
            }
            Value::Summary(summary) => {
                self.set(summary.quantiles.iter().map(|(quantile, _)| *quantile));
                for (index, (_, number)) in summary.quantiles.iter().enumerate() {
                    let bound = Some(("quantile", self.get(index)));
                    tell(Sample {
                        bound,
                        ..Sample::plain("", *number)
                    });
                }
                tell(Sample::plain("_sum", summary.sum));
                tell(Sample::plain("_count", summary.count as f64));
            }
        }
    }

    fn buckets(&mut self, histogram: &Histogram, tell: &mut impl FnMut(Sample<'_>)) {
        self.set(histogram.bounds.iter().copied());
        let mut exemplars = histogram.exemplars.iter().peekable();
        for (bucket, count) in histogram.counts.iter().enumerate() {
            tell(Sample {
                bound: Some(("le", self.get(bucket))),
                exemplar: exemplars.next_if(|exemplar| exemplar.bucket == bucket),
                ..Sample::plain("_bucket", *count as f64)
            });
        }
    }
}

impl Sample<'_> {
    fn plain(suffix: &'static str, number: f64) -> Self {
        Self {
            suffix,
            bound: None,
            number,
            exemplar: None,
        }
    }
}
