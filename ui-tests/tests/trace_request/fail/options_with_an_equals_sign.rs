use obs_runtime::{timed, trace_request};

#[timed]
#[trace_request = "place"]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
