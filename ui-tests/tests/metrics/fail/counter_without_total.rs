//! A counter ends in `_total`.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    orders: Counter,
}

fn main() {}
