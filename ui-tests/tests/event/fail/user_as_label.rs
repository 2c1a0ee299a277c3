//! A series for each user.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(user, label, max_series = 100)]
    customer: String,
}

fn main() {}
