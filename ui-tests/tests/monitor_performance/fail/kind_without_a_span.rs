use obs_runtime::monitor_performance;

#[monitor_performance("place", kind = server)]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
