//! A field of another type.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    orders_total: Counter,
    /// A name.
    name: String,
}

fn main() {}
