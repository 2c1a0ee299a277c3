//! Bucket bounds of histograms and objectives of summaries.

use crate::ascii;
use crate::def::MetricKind;
use crate::issue::rule_error;
use crate::text::Message;

/// The largest number of bounds of one histogram.
///
/// Every bound is a series per label set, and a cell per thread.
pub const MAX_BUCKETS: usize = 100;

/// The bounds of an operation's duration histogram, in seconds: from 1 µs to 10 s.
///
/// In-process calls take microseconds, remote ones milliseconds to seconds; the
/// upper part holds the bounds of [`HTTP_DURATION_BUCKETS`] from 5 ms on, so both can be compared.
pub const DEFAULT_DURATION_BUCKETS: &[f64] = &[
    0.000_001, 0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001,
    0.002_5, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// The bounds that OpenTelemetry's semantic conventions give for `http.server.request.duration`, in seconds.
pub const HTTP_DURATION_BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// The quantiles of a summary that declares none: quantile and allowed error of its rank.
pub const DEFAULT_OBJECTIVES: &[(f64, f64)] = &[(0.5, 0.05), (0.9, 0.01), (0.99, 0.001)];

/// For how long an observation counts in a summary that does not say so: ten minutes.
pub const DEFAULT_MAX_AGE_SECS: f64 = 600.0;

/// The bounds of a metric that declares none: a histogram of seconds has some, others have not.
#[must_use]
pub const fn default_buckets(kind: MetricKind, unit: &str) -> &'static [f64] {
    if matches!(kind, MetricKind::Histogram) && ascii::eq(unit, "seconds") {
        DEFAULT_DURATION_BUCKETS
    } else {
        &[]
    }
}

/// The objectives of a metric that declares none: a summary has some.
#[must_use]
pub const fn default_objectives(kind: MetricKind) -> &'static [(f64, f64)] {
    match kind {
        MetricKind::Summary => DEFAULT_OBJECTIVES,
        _ => &[],
    }
}

/// For how long an observation counts in a metric that does not say so, in seconds; 0 if it is no summary.
#[must_use]
pub const fn default_max_age_secs(kind: MetricKind) -> f64 {
    match kind {
        MetricKind::Summary => DEFAULT_MAX_AGE_SECS,
        _ => 0.0,
    }
}

/// What is wrong with a list of bounds or objectives. Positions count from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BucketError {
    /// There is no bound.
    Empty,
    /// More than [`MAX_BUCKETS`] bounds: how many.
    TooMany(usize),
    /// A bound that is NaN.
    NotANumber(usize),
    /// An infinite bound.
    Infinite(usize),
    /// A bound that is not above the one before it: position, the bound, the one before.
    NotIncreasing(usize, f64, f64),
    /// A duration bound that is not above 0: position and the bound.
    NotPositive(usize, f64),
    /// A quantile outside 0..=1: position and the quantile.
    Quantile(usize, f64),
    /// An error outside 0..1: position and the error.
    Error(usize, f64),
    /// A quantile that is not above the one before it: position, the quantile, the one before.
    QuantileOrder(usize, f64, f64),
    /// There is no objective.
    NoObjective,
}

rule_error!(BucketError);

impl BucketError {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "buckets.empty",
            Self::TooMany(_) => "buckets.too_many",
            Self::NotANumber(_) | Self::Infinite(_) => "buckets.finite",
            Self::NotIncreasing(..) => "buckets.order",
            Self::NotPositive(..) => "buckets.positive",
            Self::NoObjective => "objectives.empty",
            Self::Quantile(..) => "objectives.quantile",
            Self::Error(..) => "objectives.error",
            Self::QuantileOrder(..) => "objectives.order",
        }
    }

    /// The index of the element that is wrong, for lists that have one.
    #[must_use]
    pub const fn position(&self) -> Option<usize> {
        match *self {
            Self::Empty | Self::NoObjective => None,
            Self::TooMany(_) => Some(MAX_BUCKETS),
            Self::NotANumber(at)
            | Self::Infinite(at)
            | Self::NotIncreasing(at, ..)
            | Self::NotPositive(at, _)
            | Self::Quantile(at, _)
            | Self::Error(at, _)
            | Self::QuantileOrder(at, ..) => Some(at),
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn message(&self) -> Message {
        let m = Message::new();
        match *self {
            Self::Empty => m.str("`buckets` is empty"),
            Self::TooMany(count) => m
                .str("a histogram has at most ")
                .number(MAX_BUCKETS as u64)
                .str(" buckets, this one has ")
                .number(count as u64),
            Self::NotANumber(at) => m
                .str("bucket ")
                .number(at as u64 + 1)
                .str(" is not a number"),
            Self::Infinite(at) => m.str("bucket ").number(at as u64 + 1).str(" is infinite"),
            Self::NotIncreasing(_, bound, before) => m
                .str("buckets must increase, but ")
                .float(bound)
                .str(" follows ")
                .float(before),
            Self::NotPositive(_, bound) => m
                .str("a duration bucket must be above 0, got ")
                .float(bound),
            Self::NoObjective => m.str("`objectives` is empty"),
            Self::Quantile(_, quantile) => m
                .str("a quantile must be between 0 and 1, got ")
                .float(quantile),
            Self::Error(_, error) => m
                .str("the error of a quantile must be above 0 and below 1, got ")
                .float(error),
            Self::QuantileOrder(_, quantile, before) => m
                .str("quantiles must increase, but ")
                .float(quantile)
                .str(" follows ")
                .float(before),
        }
    }

    /// What to type instead.
    #[must_use]
    pub const fn help(&self) -> Message {
        Message::new().str(match self {
            Self::Empty => "leave it out for the default, or write `buckets = [0.01, 0.1, 1.0]`",
            Self::TooMany(_) => "use wider steps",
            Self::NotANumber(_) => "write a finite number",
            Self::Infinite(_) => "leave it out, `+Inf` is always there",
            Self::NotIncreasing(..) | Self::QuantileOrder(..) => "sort them and remove duplicates",
            Self::NotPositive(..) => "write the bounds in seconds",
            Self::NoObjective => {
                "leave it out for the default, or write `objectives = [(0.5, 0.05), (0.99, 0.001)]`"
            }
            Self::Quantile(_, q) if *q > 1.0 && *q <= 100.0 => {
                "write percentiles as fractions: `0.99` for the 99th"
            }
            Self::Quantile(..) => "write `0.5` for the median",
            Self::Error(..) => "write `0.01` for one percent of the rank",
        })
    }
}

/// Checks the upper bounds of a histogram.
///
/// # Errors
/// When there are none or more than [`MAX_BUCKETS`], one is NaN or infinite, or they do not increase.
///
/// ```
/// use obs_schema::bucket::check_buckets;
/// const _: () = assert!(check_buckets(&[0.1, 1.0, 10.0]).is_ok());
/// assert_eq!(check_buckets(&[1.0, 0.5]).unwrap_err().to_string(),
///     "buckets must increase, but 0.5 follows 1; sort them and remove duplicates");
/// ```
pub const fn check_buckets(bounds: &[f64]) -> Result<(), BucketError> {
    if bounds.is_empty() {
        return Err(BucketError::Empty);
    }
    if bounds.len() > MAX_BUCKETS {
        return Err(BucketError::TooMany(bounds.len()));
    }
    let mut i = 0;
    while i < bounds.len() {
        if bounds[i].is_nan() {
            return Err(BucketError::NotANumber(i));
        }
        if bounds[i].is_infinite() {
            return Err(BucketError::Infinite(i));
        }
        if i > 0 && bounds[i] <= bounds[i - 1] {
            return Err(BucketError::NotIncreasing(i, bounds[i], bounds[i - 1]));
        }
        i += 1;
    }
    Ok(())
}

/// Checks the upper bounds of a duration histogram, in seconds.
///
/// # Errors
/// As [`check_buckets`], and when a bound is not above 0.
pub const fn check_duration_buckets(bounds: &[f64]) -> Result<(), BucketError> {
    if let Err(error) = check_buckets(bounds) {
        return Err(error);
    }
    // They increase, so the first is the smallest.
    if bounds[0] <= 0.0 {
        Err(BucketError::NotPositive(0, bounds[0]))
    } else {
        Ok(())
    }
}

/// Checks the objectives of a summary: quantiles with the allowed error of their rank.
///
/// # Errors
/// When there are none, a quantile is outside 0..=1, an error outside 0..1, or the quantiles do not increase.
pub const fn check_objectives(objectives: &[(f64, f64)]) -> Result<(), BucketError> {
    if objectives.is_empty() {
        return Err(BucketError::NoObjective);
    }
    if objectives.len() > MAX_BUCKETS {
        return Err(BucketError::TooMany(objectives.len()));
    }
    let mut i = 0;
    while i < objectives.len() {
        let (quantile, error) = objectives[i];
        if !(quantile >= 0.0 && quantile <= 1.0) {
            return Err(BucketError::Quantile(i, quantile));
        }
        if !(error > 0.0 && error < 1.0) {
            return Err(BucketError::Error(i, error));
        }
        if i > 0 && quantile <= objectives[i - 1].0 {
            return Err(BucketError::QuantileOrder(i, quantile, objectives[i - 1].0));
        }
        i += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
