use obs_runtime::{service, trace_request};

#[trace_request("place")]
#[service(skip)]
fn place() {}

fn main() {
    place();
}
