//! `+Inf` is always there.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(buckets = [0.1, f64::INFINITY])]
    latency_seconds: Histogram,
}

fn main() {}
