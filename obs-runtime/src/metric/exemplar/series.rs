//! The exemplars of one series.

use std::ops::RangeInclusive;

use super::{Call, Exemplar};
use crate::hot::clock;
use crate::operation::LiveBlock;

/// See the module.
pub(super) struct Series {
    bounds: Bounds,
    /// Sorted by bucket.
    last: Vec<Last>,
    /// Which of them was the last one: most calls take about as long as the one before.
    at: usize,
}

/// What tells the bucket of a call.
#[derive(Clone, Copy)]
pub(super) enum Bounds {
    Operation(&'static LiveBlock),
    /// In seconds.
    Histogram(&'static [f64]),
}

/// The last call of a bucket.
struct Last {
    bucket: usize,
    /// How long calls take that surely belong to the bucket.
    ticks: RangeInclusive<u64>,
    call: Call,
}

impl Series {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            last: Vec::new(),
            at: 0,
        }
    }

    pub(super) fn put(&mut self, call: Call) {
        match self.last.get_mut(self.at) {
            Some(last) if last.ticks.contains(&call.ticks) => last.call = call,
            _ => self.find_and_put(call),
        }
    }

    fn find_and_put(&mut self, call: Call) {
        let (bucket, ticks) = self.bounds.of(call.ticks);
        let last = Last {
            bucket,
            ticks,
            call,
        };
        let found = self.last.binary_search_by_key(&bucket, |last| last.bucket);
        self.at = found.unwrap_or_else(|at| at);
        match self.last.get_mut(self.at) {
            Some(known) if found.is_ok() => *known = last,
            _ => self.last.insert(self.at, last),
        }
    }

    pub(super) fn exemplars(&self) -> impl Iterator<Item = Exemplar> {
        self.last.iter().map(|last| Exemplar {
            bucket: last.bucket,
            trace_id: last.call.trace_id,
            value: self.bounds.value(last),
            unix_ns: last.call.unix_ns,
        })
    }
}

impl Bounds {
    /// The bucket of a call that took so long, and how long others may take that belong to it as well.
    fn of(self, ticks: u64) -> (usize, RangeInclusive<u64>) {
        match self {
            Self::Operation(live) => live.bucket(ticks),
            Self::Histogram(bounds) => {
                let value = clock::to_seconds(ticks);
                let bucket = bounds.partition_point(|&bound| bound < value);
                (bucket, ticks..=ticks)
            }
        }
    }

    fn value(self, last: &Last) -> f64 {
        let seconds = clock::to_seconds(last.call.ticks);
        match self {
            Self::Operation(live) => within(live.buckets(), last.bucket, seconds),
            Self::Histogram(_) => seconds,
        }
    }
}

/// `seconds`, moved into its bucket: ticks that are longer than a nanosecond may have been rounded
/// across a bound.
fn within(bounds: &[f64], bucket: usize, seconds: f64) -> f64 {
    let above = bucket.checked_sub(1).and_then(|below| bounds.get(below));
    let low = above.map_or(0.0, |bound| bound.next_up());
    let high = bounds.get(bucket).copied().unwrap_or(f64::MAX);
    seconds.max(low).min(high)
}
