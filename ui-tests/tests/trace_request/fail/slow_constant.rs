use obs_runtime::trace_request;

const LIMIT: &str = "1s";

#[trace_request(slow = LIMIT)]
fn place() {}

fn main() {
    let _ = LIMIT;
    place();
}
