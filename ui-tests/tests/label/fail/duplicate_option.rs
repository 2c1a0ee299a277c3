//! The same option twice, in two attributes.

use obs_runtime::Label;

#[derive(Label)]
enum Payment {
    #[label(rename = "a")]
    #[label(rename = "b")]
    Card,
}

fn main() {}
