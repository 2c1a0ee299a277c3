use obs_runtime::trace_request;

#[trace_request(buckets = [0.1, f64::INFINITY])]
fn place() {}

fn main() {
    place();
}
