use obs_runtime::{timed as stopwatch, trace_request as traced};

#[stopwatch("place")]
#[traced("place")]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
