//! A type that the macro cannot know.

use obs_runtime::Labels;

struct UserId(u64);

#[derive(Labels)]
struct Login {
    user: UserId,
}

fn main() {}
