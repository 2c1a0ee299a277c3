use obs_runtime::trace_request;

#[trace_request("place", labels(fast = fast), attributes(fast = fast))]
fn place(fast: bool) -> bool {
    fast
}

fn main() {
    let _ = place(true);
}
