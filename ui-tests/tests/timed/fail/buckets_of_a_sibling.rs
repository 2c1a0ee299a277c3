use obs_runtime::{monitor_performance, timed};

#[timed(buckets = [0.1, 1.0])]
#[monitor_performance("place", buckets = [0.5])]
fn place() {}

fn main() {
    place();
}
