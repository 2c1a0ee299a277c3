//! Whether totals are sent as they are, or as what they grew by.
//!
//! Source: <https://opentelemetry.io/docs/specs/otel/metrics/data-model/#temporality>

use std::borrow::Cow;
use std::collections::HashMap;

use crate::metric::ends::Ends;
use crate::metric::snapshot::{Family, Histogram, Label, Series, Value};

/// What a series was at the last time, by name and labels.
type Before = HashMap<(Cow<'static, str>, Vec<Label>), Value>;

/// What is sent of each series.
#[derive(Debug)]
pub(super) struct Changes {
    /// When the program started.
    started: u64,
    /// For what totals grew by: when the last snapshot was taken.
    since: u64,
    now: u64,
    /// `None` if totals are sent as they are.
    before: Option<Before>,
    after: Before,
}

/// What is sent of a series, and since when it counts.
#[derive(Debug)]
pub(super) struct Change<'a> {
    pub(super) value: Cow<'a, Value>,
    pub(super) since: u64,
}

impl Changes {
    pub(super) fn new(is_delta: bool, started: u64) -> Self {
        Self {
            started,
            since: started,
            now: started,
            before: is_delta.then(Before::default),
            after: Before::default(),
        }
    }

    pub(super) fn is_delta(&self) -> bool {
        self.before.is_some()
    }

    /// A snapshot follows that was taken then. If the clock was set back behind the beginning, that is now: nothing can
    /// end before it begins.
    pub(super) fn begin(&mut self, now: u64) {
        self.now = now;
        self.started = self.started.min(now);
        self.since = self.since.min(now);
    }

    /// What is to be sent of a series; `None` if it has not grown and only that counts.
    pub(super) fn of<'a>(&mut self, family: &Family, series: &'a Series) -> Option<Change<'a>> {
        let whole = Change {
            value: Cow::Borrowed(&series.value),
            since: self.started,
        };
        let Some(before) = &self.before else {
            return Some(whole);
        };
        if !matches!(
            series.value,
            Value::Counter(_) | Value::FloatCounter(_) | Value::Histogram(_)
        ) {
            return Some(whole);
        }
        let key = (family.name.clone(), series.labels.clone());
        let grown = match before.get(&key) {
            Some(before) => growth(before, &series.value),
            None => series.value.clone(),
        };
        self.after.insert(key, series.value.clone());
        (!is_nothing(&grown)).then_some(Change {
            value: Cow::Owned(grown),
            since: self.since,
        })
    }

    /// The snapshot is over. Of series that were not in it nothing is remembered.
    pub(super) fn end(&mut self) {
        if let Some(before) = &mut self.before {
            *before = std::mem::take(&mut self.after);
            self.since = self.now;
        }
    }
}

/// What a total grew by. One that became smaller began anew.
fn growth(before: &Value, now: &Value) -> Value {
    match (before, now) {
        (Value::Counter(before), Value::Counter(now)) => {
            Value::Counter(now.checked_sub(*before).unwrap_or(*now))
        }
        (Value::FloatCounter(before), Value::FloatCounter(now)) if now >= before => {
            Value::FloatCounter(now - before)
        }
        (Value::Histogram(before), Value::Histogram(now)) => {
            Value::Histogram(observed(before, now))
        }
        _ => now.clone(),
    }
}

fn observed(before: &Histogram, now: &Histogram) -> Histogram {
    let shrank = |(now, before)| now < before;
    if before.bounds != now.bounds || buckets(now).zip(buckets(before)).any(shrank) {
        return now.clone();
    }
    let mut grown = now.clone();
    for (count, before) in grown.counts.iter_mut().zip(&before.counts) {
        *count = count.saturating_sub(*before);
    }
    grown.sum -= before.sum;
    // Nobody knows those of the time in between.
    grown.ends = Ends::default();
    grown.exponential = match (grown.exponential.take(), &before.exponential) {
        (Some(now), Some(before)) => now.since(before),
        _ => None,
    };
    grown
}

/// How many observations are in each bucket alone.
pub(super) fn buckets(histogram: &Histogram) -> impl Iterator<Item = u64> {
    let below = std::iter::once(&0).chain(&histogram.counts);
    let pairs = histogram.counts.iter().zip(below);
    pairs.map(|(upto, below)| upto.saturating_sub(*below))
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Counter(count) => *count == 0,
        Value::FloatCounter(value) => *value == 0.0,
        Value::Histogram(histogram) => histogram.count() == 0,
        _ => false,
    }
}
