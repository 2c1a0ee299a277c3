use obs_runtime::monitor_performance;

#[monitor_performance(labels(user = user))]
fn place(user: String) {
    drop(user);
}

fn main() {
    place(String::new());
}
