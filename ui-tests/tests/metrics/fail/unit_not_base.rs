//! A unit that Prometheus servers do not convert.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Time.
    #[metric(unit = "milliseconds")]
    latency_milliseconds: Histogram,
}

fn main() {}
