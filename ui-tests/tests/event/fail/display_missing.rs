//! A type without `Display`.

use obs_runtime::Event;

struct Money;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(display)]
    total: Money,
}

fn main() {}
