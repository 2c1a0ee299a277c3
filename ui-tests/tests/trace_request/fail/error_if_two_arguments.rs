use obs_runtime::trace_request;

#[trace_request(error_if = |a, b| a > b)]
fn place() -> u64 {
    1
}

fn main() {
    let _ = place();
}
