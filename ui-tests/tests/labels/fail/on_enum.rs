//! An enum is one label, not several.

use obs_runtime::Labels;

#[derive(Labels)]
enum Region {
    Eu,
}

fn main() {}
