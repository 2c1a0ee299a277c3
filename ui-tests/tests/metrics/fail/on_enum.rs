//! An enum has no metrics.

use obs_runtime::Metrics;

#[derive(Metrics)]
enum Shop {
    Orders,
}

fn main() {}
