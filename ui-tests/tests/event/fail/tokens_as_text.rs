//! Tokens that are no number.

use obs_runtime::Event;

/// Questions that were answered.
#[derive(Event)]
struct Answered {
    #[event(model)]
    model: String,
    #[event(tokens_in)]
    prompt: String,
    #[event(tokens_out)]
    answer: i64,
}

fn main() {}
