//! Buckets in the wrong order.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(buckets = [0.1, 1.0, 0.5, 2.0])]
    latency_seconds: Histogram,
}

fn main() {}
