//! A unit in the name that is not a base unit.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    latency_ms: Histogram,
}

fn main() {}
