use obs_runtime::trace_request;

#[trace_request("place", labels(user = user, max_series = 0))]
fn place(user: &str) -> usize {
    user.len()
}

fn main() {
    let _ = place("ada");
}
