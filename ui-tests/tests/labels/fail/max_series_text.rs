//! A cap in quotes.

use obs_runtime::Labels;

#[derive(Labels)]
struct Request {
    #[label(max_series = "100")]
    host: String,
}

fn main() {}
