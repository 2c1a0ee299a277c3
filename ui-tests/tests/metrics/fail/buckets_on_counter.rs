//! Only a histogram has buckets.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Orders.
    #[metric(buckets = [1, 2, 3])]
    orders_total: Counter,
}

fn main() {}
