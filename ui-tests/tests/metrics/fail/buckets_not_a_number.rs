//! Bounds that are no number.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(buckets = [0.1, f64::NAN])]
    latency_seconds: Histogram,
    /// More time.
    #[metric(buckets = [0.1, "1.0"])]
    wait_seconds: Histogram,
}

fn main() {}
