use obs_runtime::timed;

#[timed(latency_buckets = [0.1])]
fn place() {}

fn main() {
    place();
}
