//! Only a summary forgets.

use obs_runtime::{Gauge, Metrics};

#[derive(Metrics)]
struct Shop {
    /// Carts.
    #[metric(max_age = "10m")]
    carts: Gauge,
}

fn main() {}
