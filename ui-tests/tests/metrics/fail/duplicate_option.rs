//! The same option twice.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(unit = "seconds", unit = "seconds")]
    latency_seconds: Histogram,
}

fn main() {}
