//! Only seconds have default buckets.

use obs_runtime::{Histogram, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Size of an order.
    order_bytes: Histogram,
}

fn main() {}
