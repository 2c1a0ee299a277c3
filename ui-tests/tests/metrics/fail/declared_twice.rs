//! The same metric twice.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    orders_total: Counter,
    /// Orders again.
    #[metric(name = "orders_total")]
    more_orders: Counter,
}

fn main() {}
