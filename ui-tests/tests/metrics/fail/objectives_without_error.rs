//! A quantile without the error it may have.

use obs_runtime::{Metrics, Summary};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(objectives = [0.5, 0.99])]
    latency_seconds: Summary,
}

fn main() {}
