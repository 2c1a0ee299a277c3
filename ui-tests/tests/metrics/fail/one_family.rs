//! Two metrics that are one family in OpenMetrics.

use obs_runtime::{Counter, Gauge, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders placed.
    orders_total: Counter,
    /// Orders open.
    orders: Gauge,
}

fn main() {}
