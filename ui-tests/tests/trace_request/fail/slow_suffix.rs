use obs_runtime::trace_request;

#[trace_request(slow = 10s)]
fn place() {}

fn main() {
    place();
}
