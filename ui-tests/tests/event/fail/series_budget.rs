//! More series than a family may have.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(label, max_series = 100)]
    region: String,
    #[event(label, max_series = 50)]
    partner: String,
}

fn main() {}
