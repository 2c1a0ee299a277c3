//! A variant with fields has any number of values.

use obs_runtime::Label;

#[derive(Label)]
enum Status {
    Ok,
    Error(String),
    Code { number: u16 },
}

fn main() {}
