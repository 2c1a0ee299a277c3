use obs_runtime::trace_request;

#[trace_request(colour = "red")]
fn place() {}

fn main() {
    place();
}
