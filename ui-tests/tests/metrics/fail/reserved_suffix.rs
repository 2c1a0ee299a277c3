//! A suffix that the formats add.

use obs_runtime::{Gauge, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Carts.
    cart_count: Gauge,
}

fn main() {}
