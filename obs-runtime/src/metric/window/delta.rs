//! How a series changed between two ticks, and how such changes add up.

use std::borrow::Cow;

use super::super::snapshot::{Histogram, Value};
use super::stats::Stats;

/// A change, or the sum of several.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Delta {
    /// How much a counter grew.
    Growth(f64),
    /// What a gauge was at each tick.
    Levels(Levels),
    /// What was observed.
    Observations(Observations),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
    last: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Observations {
    pub(super) count: u64,
    pub(super) sum: f64,
    /// The smallest and the largest one; a summary does not say.
    pub(super) range: Option<(f64, f64)>,
    /// Counts of the buckets that are not empty, not cumulative.
    pub(super) buckets: Vec<(u16, u64)>,
}

/// What a counter, histogram or summary said at the last tick.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Total {
    Number(f64),
    Spread {
        counts: Vec<u64>,
        count: u64,
        sum: f64,
        /// Those read at that tick, maybe of an observation that it did not count yet.
        extremes: Option<(f64, f64)>,
    },
}

impl Total {
    /// `None` for values that have no total.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Counter(value) => Some(Self::Number(*value as f64)),
            Value::FloatCounter(value) => Some(Self::Number(*value)),
            Value::Histogram(histogram) => Some(Self::Spread {
                counts: histogram.counts.clone(),
                count: histogram.count(),
                sum: histogram.sum,
                extremes: histogram.extremes,
            }),
            Value::Summary(summary) => Some(Self::Spread {
                counts: Vec::new(),
                count: summary.count,
                sum: summary.sum,
                extremes: None,
            }),
            Value::Gauge(_) | Value::Info => None,
        }
    }

    /// What a series that is new had before. A real counter may be older than its series here: those
    /// of collectors count since the start of the machine.
    pub(super) fn before_first(value: &Value) -> Option<Self> {
        match value {
            Value::FloatCounter(_) => Self::of(value),
            Value::Counter(_) => Some(Self::Number(0.0)),
            Value::Histogram(_) | Value::Summary(_) => Some(Self::Spread {
                counts: Vec::new(),
                count: 0,
                sum: 0.0,
                extremes: None,
            }),
            Value::Gauge(_) | Value::Info => None,
        }
    }
}

/// The change from `before` to `value`. `None` if there is none. A total that became smaller started
/// anew.
pub(super) fn between(before: Option<&Total>, value: &Value) -> Option<Delta> {
    match (before, value) {
        (_, Value::Gauge(level)) if level.is_finite() => Some(Delta::Levels(Levels {
            count: 1,
            sum: *level,
            min: *level,
            max: *level,
            last: *level,
        })),
        (Some(Total::Number(before)), Value::Counter(now)) => growth(*before, *now as f64),
        (Some(Total::Number(before)), Value::FloatCounter(now)) => growth(*before, *now),
        (
            Some(Total::Spread {
                counts,
                sum,
                extremes,
                ..
            }),
            Value::Histogram(now),
        ) => {
            let extremes = now.extremes.or(*extremes);
            spread(counts, *sum, now, extremes).map(Delta::Observations)
        }
        (Some(Total::Spread { count, sum, .. }), Value::Summary(now)) => {
            let anew = now.count < *count;
            let (count, sum) = if anew { (0, 0.0) } else { (*count, *sum) };
            (now.count > count).then(|| {
                Delta::Observations(Observations {
                    count: now.count - count,
                    sum: now.sum - sum,
                    range: None,
                    buckets: Vec::new(),
                })
            })
        }
        _ => None,
    }
}

fn growth(before: f64, now: f64) -> Option<Delta> {
    let growth = if now < before { now } else { now - before };
    (growth > 0.0).then_some(Delta::Growth(growth))
}

fn spread(
    before: &[u64],
    sum: f64,
    now: &Histogram,
    extremes: Option<(f64, f64)>,
) -> Option<Observations> {
    let anew = before.len() != now.counts.len()
        || before
            .iter()
            .zip(&now.counts)
            .any(|(before, now)| now < before);
    let (before, sum) = if anew { (&[][..], 0.0) } else { (before, sum) };
    let mut buckets = Vec::new();
    let mut below = 0;
    for (bucket, &count) in now.counts.iter().enumerate() {
        let grown = count - before.get(bucket).copied().unwrap_or(0);
        if let (Ok(bucket), true) = (u16::try_from(bucket), grown > below) {
            buckets.push((bucket, grown - below));
        }
        below = below.max(grown);
    }
    let (first, last) = (buckets.first()?.0, buckets.last()?.0);
    let low = edges(&now.bounds, first.into());
    let high = edges(&now.bounds, last.into());
    let range = match extremes {
        // They are of all outcomes together, and may be of a moment later or earlier.
        Some((min, max)) => (min.max(low.0).min(low.1), max.max(high.0).min(high.1)),
        None => finite(low, high),
    };
    Some(Observations {
        count: below,
        sum: now.sum - sum,
        range: Some(range),
        buckets,
    })
}

/// Between which values the observations of a bucket lie.
fn edges(bounds: &[f64], bucket: usize) -> (f64, f64) {
    let below = bucket.checked_sub(1).and_then(|below| bounds.get(below));
    (
        below.copied().unwrap_or(f64::NEG_INFINITY),
        bounds.get(bucket).copied().unwrap_or(f64::INFINITY),
    )
}

/// The outer edges of the lowest and the highest bucket, where they are known: what is below the
/// first bound is taken to be above 0, and what is above the last one to be at it.
fn finite(low: (f64, f64), high: (f64, f64)) -> (f64, f64) {
    let min = if low.0.is_finite() {
        low.0
    } else {
        low.1.min(0.0)
    };
    let max = if high.1.is_finite() { high.1 } else { high.0 };
    (min, max.max(min))
}

impl Delta {
    /// Adds a later change of the same kind.
    pub(super) fn add(&mut self, later: &Self) {
        match (self, later) {
            (Self::Growth(growth), Self::Growth(more)) => *growth += more,
            (Self::Levels(levels), Self::Levels(more)) => {
                levels.count += more.count;
                levels.sum += more.sum;
                levels.min = levels.min.min(more.min);
                levels.max = levels.max.max(more.max);
                levels.last = more.last;
            }
            (Self::Observations(all), Self::Observations(more)) => all.add(more),
            // A family has one kind for ever.
            _ => {}
        }
    }

    /// What it amounts to over `seconds`. `bounds` are those of the histogram, if it is one.
    pub(super) fn stats(&self, bounds: &[f64], seconds: f64) -> Stats {
        let rate = |amount: f64| (seconds > 0.0).then(|| amount / seconds);
        match self {
            Self::Growth(growth) => Stats {
                count: *growth as u64,
                increase: Some(*growth),
                rate: rate(*growth),
                ..Stats::default()
            },
            Self::Levels(levels) => Stats {
                count: levels.count,
                min: Some(levels.min),
                max: Some(levels.max),
                mean: Some(levels.sum / levels.count as f64),
                last: Some(levels.last),
                ..Stats::default()
            },
            Self::Observations(all) => Stats {
                rate: rate(all.count as f64),
                ..all.stats(bounds)
            },
        }
    }
}

impl Observations {
    fn add(&mut self, more: &Self) {
        self.count += more.count;
        self.sum += more.sum;
        self.range = match (self.range, more.range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        for &(bucket, count) in &more.buckets {
            match self.buckets.binary_search_by_key(&bucket, |pair| pair.0) {
                Ok(at) => {
                    if let Some(pair) = self.buckets.get_mut(at) {
                        pair.1 += count;
                    }
                }
                Err(at) => self.buckets.insert(at, (bucket, count)),
            }
        }
    }

    fn stats(&self, bounds: &[f64]) -> Stats {
        Stats {
            count: self.count,
            min: self.range.map(|range| range.0),
            max: self.range.map(|range| range.1),
            mean: Some(self.sum / self.count as f64),
            median: self.quantile(bounds, 0.5),
            p95: self.quantile(bounds, 0.95),
            p99: self.quantile(bounds, 0.99),
            ..Stats::default()
        }
    }

    /// The value below which the part `quantile` of the observations lies, interpolated within its
    /// bucket.
    pub(super) fn quantile(&self, bounds: &[f64], quantile: f64) -> Option<f64> {
        let (min, max) = self.range?;
        let rank = quantile * self.count as f64;
        let mut below = 0.0;
        for &(bucket, count) in &self.buckets {
            let count = count as f64;
            if below + count >= rank {
                let (low, high) = edges(bounds, bucket.into());
                // The last bucket reaches as far as its largest value.
                let high = if usize::from(bucket) < bounds.len() {
                    high
                } else {
                    max
                };
                let (low, high) = (low.max(min), high.min(max));
                let part = ((rank - below) / count).clamp(0.0, 1.0);
                return Some((low + (high - low) * part).clamp(min, max));
            }
            below += count;
        }
        Some(max)
    }
}

/// The bounds of a histogram; nothing for other values.
pub(super) fn bounds(value: &Value) -> Cow<'static, [f64]> {
    match value {
        Value::Histogram(histogram) => histogram.bounds.clone(),
        _ => Cow::Borrowed(&[]),
    }
}
