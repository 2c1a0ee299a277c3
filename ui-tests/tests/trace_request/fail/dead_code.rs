#![deny(dead_code)]

use obs_runtime::trace_request;

#[trace_request("place")]
fn place() {}

fn main() {}
