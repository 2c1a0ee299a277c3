use obs_runtime::trace_request;

#[trace_request("place", labels(fast = fats))]
fn place(fast: bool) -> bool {
    fast
}

fn main() {
    let _ = place(true);
}
