use obs_runtime::trace_request;

#[trace_request(crate = "obs")]
fn place() {}

fn main() {
    place();
}
