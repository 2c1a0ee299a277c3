use obs_runtime::trace_request;

#[trace_request(slow: "1s", labels = {fast: fast}, attributes(id =, fast = !fast))]
fn place(fast: bool) {
    let _ = fast;
}

#[trace_request(labels(fast: = fast), crate = super)]
fn cancel(fast: bool) {
    let _ = fast;
}

fn main() {
    place(true);
    cancel(false);
}
