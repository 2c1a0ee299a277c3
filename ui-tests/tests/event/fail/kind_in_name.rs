//! A name whose counter repeats that it is one.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
#[event(name = "order_counter")]
struct OrderPlaced;

fn main() {}
