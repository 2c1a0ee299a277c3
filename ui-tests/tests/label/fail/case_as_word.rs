//! A case without quotes.

use obs_runtime::Label;

#[derive(Label)]
#[label(rename_all = snake_case)]
enum Payment {
    Card,
}

fn main() {}
