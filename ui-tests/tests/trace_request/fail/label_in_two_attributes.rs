use obs_runtime::{counted, trace_request};

#[trace_request("place", labels(fast = fast))]
#[counted("placed", labels(fast = fast))]
fn place(fast: bool) -> bool {
    fast
}

fn main() {
    let _ = place(true);
}
