//! A set without metrics.

use obs_runtime::Metrics;

#[derive(Metrics)]
struct Shop;

#[derive(Metrics)]
struct Stock {}

fn main() {}
