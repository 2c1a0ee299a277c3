//! A field that is neither a number nor text.

use obs_runtime::Event;

struct Region;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    region: Region,
}

fn main() {}
