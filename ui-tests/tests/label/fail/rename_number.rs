//! A value that is no text.

use obs_runtime::Label;

#[derive(Label)]
enum Status {
    #[label(rename = 200)]
    Ok,
}

fn main() {}
