//! Names that Prometheus does not take.

use obs_runtime::Labels;

#[derive(Labels)]
struct Request {
    #[label(rename = "status-code")]
    status: bool,
    #[label(rename = "2xx")]
    success: bool,
    _hidden: bool,
}

fn main() {}
