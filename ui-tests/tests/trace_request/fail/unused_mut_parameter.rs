#![deny(unused_mut)]

use obs_runtime::trace_request;

#[trace_request("place")]
fn place(mut user: u64) -> Result<u64, String> {
    Ok(user)
}

fn main() {
    let _ = place(1);
}
