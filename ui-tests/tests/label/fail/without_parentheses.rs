//! An attribute with `=`.

use obs_runtime::Label;

#[derive(Label)]
enum Payment {
    #[label = "card"]
    Card,
}

fn main() {}
