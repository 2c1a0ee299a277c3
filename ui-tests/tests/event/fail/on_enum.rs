//! An enum.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
enum Order {
    Placed,
}

fn main() {}
