use obs_runtime::{counted, timed};

#[timed(crate = ::obs_runtime)]
#[counted(crate = ::telemetry)]
fn place() {}

fn main() {
    place();
}
