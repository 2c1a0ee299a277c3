use obs_runtime::trace_request;

#[trace_request("place")]
fn place(user: u64) -> Result<u64, String> {
    Ok(usr)
}

fn main() {
    let _ = place(1);
}
