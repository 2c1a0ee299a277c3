//! A case that does not exist.

use obs_runtime::Label;

#[derive(Label)]
#[label(rename_all = "snake")]
enum Payment {
    Card,
}

fn main() {}
