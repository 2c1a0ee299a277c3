use obs_runtime::trace_request;

#[trace_request("place", labels(user = user))]
fn place(user: &str) -> usize {
    user.len()
}

fn main() {
    let _ = place("ada");
}
