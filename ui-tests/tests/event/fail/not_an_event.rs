//! A type that is no event.

use obs_runtime::Event;

struct OrderPlaced;

fn main() {
    OrderPlaced.record();
    record(&OrderPlaced);
}

fn record(event: &impl Event) {
    event.record();
}
