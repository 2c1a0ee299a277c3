use obs_runtime::timed;

#[timed(buckets = ["1ms", "5ms"])]
fn place() {}

fn main() {
    place();
}
