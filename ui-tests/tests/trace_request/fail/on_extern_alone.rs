#![allow(missing_abi)]

use obs_runtime::trace_request;

#[trace_request("place")]
extern fn place() -> u64 {
    1
}

fn main() {
    let _ = place();
}
