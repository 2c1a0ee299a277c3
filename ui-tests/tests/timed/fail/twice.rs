use obs_runtime::timed;

#[timed("a")]
#[obs_runtime::timed("b")]
fn place() {}

fn main() {
    place();
}
