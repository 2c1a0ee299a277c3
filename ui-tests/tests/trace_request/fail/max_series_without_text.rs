use obs_runtime::trace_request;

#[trace_request("place", labels(fast = fast, max_series = 10))]
fn place(fast: bool) -> bool {
    fast
}

fn main() {
    let _ = place(true);
}
