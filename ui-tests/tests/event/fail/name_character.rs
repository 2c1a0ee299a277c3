//! A name that no counter can have.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
#[event(name = "order.placed")]
struct OrderPlaced {
    total_cents: i64,
}

fn main() {}
