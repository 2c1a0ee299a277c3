//! A level that there is not.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
#[event(level = "notice")]
struct OrderPlaced;

fn main() {}
