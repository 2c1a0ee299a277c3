//! A label that Prometheus keeps for itself.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(label)]
    le: bool,
}

fn main() {}
