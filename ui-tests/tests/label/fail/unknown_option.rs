//! A mistyped option, and one of another library.

use obs_runtime::Label;

#[derive(Label)]
#[label(renam_all = "snake_case")]
enum Payment {
    #[label(value = "card")]
    Card,
}

fn main() {}
