//! The name of a metric has its key.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    #[metric("orders_total")]
    orders_total: Counter,
}

fn main() {}
