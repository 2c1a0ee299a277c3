//! A name that repeats the kind.

use obs_runtime::{Gauge, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Carts.
    cart_gauge: Gauge,
}

fn main() {}
