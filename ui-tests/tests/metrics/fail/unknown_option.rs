//! A mistyped option.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(bukets = [0.1, 1.0])]
    latency_seconds: Histogram,
}

fn main() {}
