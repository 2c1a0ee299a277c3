use obs_runtime::trace_request;

#[trace_request("place", labels(fast = fast, paid = fast), attributes("fast" = !fast, paid = ?fast))]
fn place(fast: bool) {
    let _ = fast;
}

fn main() {
    place(true);
}
