//! A metric without a doc comment.

use obs_runtime::{Counter, Gauge, Metrics};

#[derive(Metrics)]
struct Shop {
    orders_total: Counter,
    ///
    carts: Gauge,
}

fn main() {}
