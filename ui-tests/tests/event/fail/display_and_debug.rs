//! Written in two ways.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(display, debug)]
    total: i64,
}

fn main() {}
