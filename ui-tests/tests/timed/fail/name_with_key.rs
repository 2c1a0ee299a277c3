use obs_runtime::timed;

#[timed(name = "place")]
fn place() {}

fn main() {
    place();
}
