//! A cap of no series.

use obs_runtime::Labels;

#[derive(Labels)]
struct Request {
    #[label(max_series = 0)]
    host: String,
}

fn main() {}
