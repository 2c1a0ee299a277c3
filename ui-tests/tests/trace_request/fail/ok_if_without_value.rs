use obs_runtime::trace_request;

#[trace_request(ok_if = |_| true)]
fn place() {}

fn main() {
    place();
}
