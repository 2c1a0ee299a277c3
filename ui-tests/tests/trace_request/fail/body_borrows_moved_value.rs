use obs_runtime::trace_request;

#[trace_request("place")]
fn place(user: String) -> Result<usize, String> {
    drop(user);
    Ok(user.len())
}

fn main() {
    let _ = place(String::new());
}
