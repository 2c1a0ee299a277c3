//! A struct has no closed set of values.

use obs_runtime::Label;

#[derive(Label)]
struct Region {
    name: String,
}

fn use_it(region: &Region) -> &'static str {
    region.as_str()
}

fn main() {}
