use obs_runtime::{monitor_performance, trace_request};

#[trace_request("place")]
#[monitor_performance("order")]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
