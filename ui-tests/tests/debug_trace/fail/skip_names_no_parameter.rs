use obs_runtime::debug_trace;

#[debug_trace("payments", skip(idd))]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
