//! The numbers of a window.

/// What a series, or all series of a family together, did within a window.
///
/// `None` where it means nothing for the kind of metric, or where there is no number.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Observations of a histogram or summary; the growth of a counter, as a whole number; for a
    /// gauge, how often it was looked at.
    pub count: u64,
    /// How much a counter grew.
    pub increase: Option<f64>,
    /// Observations, or the growth of a counter, per second.
    pub rate: Option<f64>,
    /// The smallest value.
    pub min: Option<f64>,
    /// The largest value.
    pub max: Option<f64>,
    /// The mean: of all observations, or of what a gauge was when it was looked at.
    pub mean: Option<f64>,
    /// The median of the observations of a histogram.
    pub median: Option<f64>,
    /// The value that 95 % of the observations of a histogram do not exceed.
    pub p95: Option<f64>,
    /// The value that 99 % of the observations of a histogram do not exceed.
    pub p99: Option<f64>,
    /// What a gauge was in the end.
    pub last: Option<f64>,
}
