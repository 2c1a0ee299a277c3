//! Text as a label without a bound.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(label)]
    region: String,
}

fn main() {}
