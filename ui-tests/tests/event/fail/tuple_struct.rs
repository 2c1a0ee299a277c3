//! Fields without names.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced(u64);

fn main() {}
