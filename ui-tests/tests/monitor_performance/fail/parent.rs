use obs_runtime::monitor_performance;

#[monitor_performance(parent = parent)]
fn place(parent: u64) {
    let _ = parent;
}

fn main() {
    place(1);
}
