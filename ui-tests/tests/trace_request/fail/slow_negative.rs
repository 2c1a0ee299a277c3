use obs_runtime::trace_request;

#[trace_request(slow = "-1s")]
fn place() {}

fn main() {
    place();
}
