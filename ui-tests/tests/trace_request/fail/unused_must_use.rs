#![deny(unused_must_use)]

use obs_runtime::trace_request;

#[trace_request("place")]
#[must_use]
fn place() -> u64 {
    1
}

fn main() {
    place();
}
