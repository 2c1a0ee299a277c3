//! A cap does not make a number with decimals a label.

use obs_runtime::Labels;

#[derive(Labels)]
struct Order {
    #[label(max_series = 10)]
    price: f64,
}

fn main() {}
