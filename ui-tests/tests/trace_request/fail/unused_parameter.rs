#![deny(unused_variables)]

use obs_runtime::trace_request;

#[trace_request("place")]
fn place(user: u64) -> Result<(), String> {
    Ok(())
}

fn main() {
    let _ = place(1);
}
