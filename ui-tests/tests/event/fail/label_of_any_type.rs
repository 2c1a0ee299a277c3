//! A label whose type has no closed set of values.

use obs_runtime::Event;

struct Region;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(label)]
    region: Region,
}

fn main() {}
