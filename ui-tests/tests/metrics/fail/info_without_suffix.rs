//! An info ends in `_info`.

use obs_runtime::{Info, Metrics};

#[derive(Metrics)]
struct Shop {
    /// The build.
    build: Info,
}

fn main() {}
