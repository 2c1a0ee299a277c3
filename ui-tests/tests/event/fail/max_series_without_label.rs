//! A bound of what is no label.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(max_series = 10)]
    region: String,
}

fn main() {}
