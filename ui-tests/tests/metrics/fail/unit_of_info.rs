//! An info counts nothing.

use obs_runtime::{Info, Metrics};

#[derive(Metrics)]
struct Shop {
    /// The build.
    #[metric(name = "build_seconds_info", unit = "seconds")]
    build: Info,
}

fn main() {}
