//! A set without labels.

use obs_runtime::Labels;

#[derive(Labels)]
struct Nothing {}

#[derive(Labels)]
struct Unit;

fn main() {}
