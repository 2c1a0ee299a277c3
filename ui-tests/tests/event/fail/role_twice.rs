//! Two users.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(user)]
    buyer: String,
    #[event(user)]
    seller: String,
}

fn main() {}
