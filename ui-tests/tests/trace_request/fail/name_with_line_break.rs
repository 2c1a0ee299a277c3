use obs_runtime::trace_request;

#[trace_request("place\norder")]
fn place() {}

fn main() {
    place();
}
