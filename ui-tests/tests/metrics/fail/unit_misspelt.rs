//! A misspelt unit.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(unit = "secods")]
    latency: Histogram,
}

fn main() {}
