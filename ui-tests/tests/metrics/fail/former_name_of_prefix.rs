//! What client libraries call the prefix.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
#[metrics(namespace = "shop_")]
struct Shop {
    /// Orders.
    orders_total: Counter,
}

fn main() {}
