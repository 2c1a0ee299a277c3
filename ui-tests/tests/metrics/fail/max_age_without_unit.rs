//! A duration without a unit, and one without quotes.

use obs_runtime::{Metrics, Summary};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(max_age = "10")]
    latency_seconds: Summary,
    /// More time.
    #[metric(max_age = 10m)]
    wait_seconds: Summary,
}

fn main() {}
