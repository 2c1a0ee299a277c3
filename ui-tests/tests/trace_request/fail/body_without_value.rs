use obs_runtime::trace_request;

#[trace_request("place")]
fn place(user: u64) -> Result<u64, String> {
    let _ = user;
}

fn main() {
    let _ = place(1);
}
