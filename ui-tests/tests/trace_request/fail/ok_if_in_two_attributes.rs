use obs_runtime::{counted, trace_request};

#[trace_request("place", ok_if = |id| *id > 0)]
#[counted(ok_if = |id| *id > 0)]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
