//! A field with two roles.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(user, feature)]
    customer: String,
}

fn main() {}
