//! Tokens of no model.

use obs_runtime::Event;

/// Questions that were answered.
#[derive(Event)]
struct Answered {
    #[event(tokens_in)]
    prompt: u64,
    #[event(tokens_out)]
    answer: u64,
}

fn main() {}
