use obs_runtime::trace_request;

#[trace_request("place", bukets = [0.1, 1.0])]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
