//! A role that there is not, and one that is called otherwise.

use obs_runtime::Event;

/// Orders.
#[derive(Event)]
struct OrderPlaced {
    #[event(modle)]
    model: String,
    #[event(prompt_tokens)]
    prompt: u64,
}

fn main() {}
