//! One number is no list.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(buckets = 0.1)]
    latency_seconds: Histogram,
}

fn main() {}
