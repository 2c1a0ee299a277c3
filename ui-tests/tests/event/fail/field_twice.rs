//! Two fields of one name, and two labels.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    total: i64,
    #[event(rename = "total")]
    sum: i64,
    #[event(label)]
    gift: bool,
    #[event(label, rename = "gift")]
    present: bool,
}

fn main() {}
