//! Fields without names.

use obs_runtime::Labels;

#[derive(Labels)]
struct Pair(bool, bool);

fn main() {}
