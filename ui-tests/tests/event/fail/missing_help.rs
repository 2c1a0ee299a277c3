//! A counter needs a help text.

use obs_runtime::Event;

#[derive(Event)]
struct OrderPlaced {
    total_cents: i64,
}

fn main() {}
