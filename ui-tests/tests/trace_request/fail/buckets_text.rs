use obs_runtime::trace_request;

#[trace_request(buckets = [0.1, "1s"])]
fn place() {}

fn main() {
    place();
}
