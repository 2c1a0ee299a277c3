//! A budget of nothing.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
#[metrics(series_budget = 0)]
struct Shop {
    /// Orders.
    orders_total: Counter,
}

fn main() {}
