//! Two fields with one name.

use obs_runtime::Labels;

#[derive(Labels)]
struct Request {
    region: bool,
    #[label(rename = "region")]
    zone: bool,
}

fn main() {}
