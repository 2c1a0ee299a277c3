use obs_runtime::trace_request;

#[trace_request(error_if = |value: &String| value.is_empty())]
fn place() -> u64 {
    1
}

fn main() {
    let _ = place();
}
