//! Two units for one metric.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(unit = "bytes")]
    latency_seconds: Histogram,
}

fn main() {}
