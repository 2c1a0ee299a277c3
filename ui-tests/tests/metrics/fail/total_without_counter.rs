//! Only a counter ends in `_total`.

use obs_runtime::{Gauge, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    orders_total: Gauge,
}

fn main() {}
