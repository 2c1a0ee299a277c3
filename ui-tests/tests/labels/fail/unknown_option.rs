//! A mistyped option.

use obs_runtime::Labels;

#[derive(Labels)]
struct Request {
    #[label(max_serie = 10)]
    cached: bool,
}

fn main() {}
