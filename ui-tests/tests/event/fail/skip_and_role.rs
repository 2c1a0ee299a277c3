//! Left out, and the user.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(skip, user)]
    customer: String,
}

fn main() {}
