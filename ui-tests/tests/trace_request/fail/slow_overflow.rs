use obs_runtime::trace_request;

#[trace_request(slow = "99999999999999h")]
fn place() {}

fn main() {
    place();
}
