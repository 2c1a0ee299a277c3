//! Only a summary has objectives.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(objectives = [(0.5, 0.05)])]
    latency_seconds: Histogram,
}

fn main() {}
