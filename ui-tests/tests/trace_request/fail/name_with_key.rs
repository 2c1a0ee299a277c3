use obs_runtime::trace_request;

#[trace_request(name = "place")]
fn place() {}

fn main() {
    place();
}
