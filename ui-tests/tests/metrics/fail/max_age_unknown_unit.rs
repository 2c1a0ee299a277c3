//! A unit of time that does not exist.

use obs_runtime::{Metrics, Summary};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(max_age = "10min")]
    latency_seconds: Summary,
}

fn main() {}
