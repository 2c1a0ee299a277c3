//! A family of something that is no set of labels.

use obs_runtime::{Counter, Family, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    orders_total: Family<Counter, String>,
}

fn main() {}
