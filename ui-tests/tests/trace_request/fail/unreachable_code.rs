#![deny(unreachable_code)]

use obs_runtime::trace_request;

#[trace_request("place")]
fn place() -> Result<u64, String> {
    return Ok(1);
    Ok(2)
}

fn main() {
    let _ = place();
}
