use obs_runtime::trace_request;

#[trace_request("place", labels(kind = 1.5))]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
