use obs_runtime::trace_request;

#[trace_request("place" root)]
fn place() {}

fn main() {
    place();
}
