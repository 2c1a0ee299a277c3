use obs_runtime::{trace_request, track_external_api};

#[track_external_api("github", slow = "1s")]
#[trace_request("fetch", slow = "2s")]
fn place() {}

fn main() {
    place();
}
