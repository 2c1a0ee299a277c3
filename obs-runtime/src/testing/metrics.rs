//! What the metrics did while a test captured.

use std::sync::OnceLock;

use crate::hot::cells;
use crate::metric::Registry;
use crate::metric::snapshot::{Series, Snapshot, Value};

/// Whose counts a capture sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Thread,
    Process,
}

/// A cell that nobody reads.
static CELL: OnceLock<Option<u32>> = OnceLock::new();

impl Scope {
    /// What there is before the capture. A thread that counts for the first time takes over the
    /// counts of one that has ended, so it has to have counted before they are read.
    pub(super) fn begin(self) -> Snapshot {
        if let Some(cell) = CELL.get_or_init(|| cells::allocate(1)) {
            cells::add(*cell, 0);
        }
        self.read()
    }

    pub(super) fn read(self) -> Snapshot {
        match self {
            Self::Thread => cells::only_own(|| Registry::global().snapshot()),
            Self::Process => Registry::global().snapshot(),
        }
    }
}

/// What a histogram or summary took in.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Observed {
    /// How many observations.
    pub count: u64,
    /// Their sum, to eight digits after the point.
    pub sum: f64,
}

/// The sum over the series of a family that have all of `labels`, of what `of` says of each.
/// `None` if there is no such series.
fn sum<T: std::iter::Sum>(
    snapshot: &Snapshot,
    name: &str,
    labels: &[(&str, &str)],
    of: impl Fn(&Value) -> Option<T>,
) -> Option<T> {
    let picked = |series: &&Series| labels.iter().all(|(k, v)| series.label(k) == Some(v));
    let mut found = snapshot
        .family(name)?
        .series
        .iter()
        .filter(picked)
        .peekable();
    found.peek()?;
    Some(found.filter_map(|series| of(&series.value)).sum())
}

/// How much a counter grew.
pub(super) fn counter(
    before: &Snapshot,
    now: &Snapshot,
    name: &str,
    labels: &[(&str, &str)],
) -> Option<f64> {
    let value = |value: &Value| match value {
        Value::Counter(value) => Some(*value as f64),
        Value::FloatCounter(value) => Some(*value),
        _ => None,
    };
    let grown = sum(now, name, labels, value)?;
    Some(grown - sum(before, name, labels, value).unwrap_or(0.0))
}

/// The present value of a gauge.
pub(super) fn gauge(now: &Snapshot, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    sum(now, name, labels, |value| match value {
        Value::Gauge(value) => Some(*value),
        _ => None,
    })
}

/// What was observed.
pub(super) fn observed(
    before: &Snapshot,
    now: &Snapshot,
    name: &str,
    labels: &[(&str, &str)],
) -> Option<Observed> {
    let count = |value: &Value| match value {
        Value::Histogram(histogram) => Some(histogram.count()),
        Value::Summary(summary) => Some(summary.count),
        _ => None,
    };
    let total = |value: &Value| match value {
        Value::Histogram(histogram) => Some(histogram.sum),
        Value::Summary(summary) => Some(summary.sum),
        _ => None,
    };
    Some(Observed {
        count: sum(now, name, labels, count)? - sum(before, name, labels, count).unwrap_or(0),
        sum: rounded(
            sum(now, name, labels, total)? - sum(before, name, labels, total).unwrap_or(0.0),
        ),
    })
}

/// To eight digits: sums of durations have nine, of which the last is rounded on both sides, so that the
/// difference of two is 0.2, and neither 0.200000001 nor 0.20000000000000004.
fn rounded(difference: f64) -> f64 {
    let scaled = (difference * 1e8).round() / 1e8;
    if scaled.is_finite() {
        scaled
    } else {
        difference
    }
}
