//! A type parameter: which counter would it be?

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced<T> {
    total: T,
}

fn main() {}
