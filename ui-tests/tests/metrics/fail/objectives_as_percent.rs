//! A quantile is a fraction.

use obs_runtime::{Metrics, Summary};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(objectives = [(0.5, 0.05), (99.0, 0.001)])]
    latency_seconds: Summary,
}

fn main() {}
