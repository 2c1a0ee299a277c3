use obs_runtime::trace_request;

#[trace_request("place", ok_if = |id| *id > 0, error_if = |id| *id == 0)]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
