//! The suffix of the counter in the name of the event.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrdersTotal {
    total_cents: i64,
}

fn main() {}
