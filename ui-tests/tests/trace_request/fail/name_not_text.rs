use obs_runtime::trace_request;

#[trace_request(7)]
fn place() {}

fn main() {
    place();
}
