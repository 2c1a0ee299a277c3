use obs_runtime::monitor_performance;

#[monitor_performance(attributes(user = user))]
fn place(user: u64) {
    let _ = user;
}

fn main() {
    place(1);
}
