//! A prefix ends in `_`.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
#[metrics(prefix = "shop")]
struct Shop {
    /// Orders.
    orders_total: Counter,
}

fn main() {}
