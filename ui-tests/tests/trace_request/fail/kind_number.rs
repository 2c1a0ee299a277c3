use obs_runtime::trace_request;

#[trace_request(kind = 1)]
fn place() {}

fn main() {
    place();
}
