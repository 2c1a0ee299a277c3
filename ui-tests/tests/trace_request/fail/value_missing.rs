use obs_runtime::trace_request;

#[trace_request(slow =)]
fn place() {}

fn main() {
    place();
}
