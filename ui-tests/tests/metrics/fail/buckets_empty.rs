//! No bucket at all.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(buckets = [])]
    latency_seconds: Histogram,
}

fn main() {}
