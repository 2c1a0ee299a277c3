//! Labels that the formats and the common labels own.

use obs_runtime::Labels;

#[derive(Labels)]
struct Reserved {
    le: bool,
    quantile: bool,
    service: bool,
    #[label(rename = "__name__")]
    name: bool,
}

fn main() {}
