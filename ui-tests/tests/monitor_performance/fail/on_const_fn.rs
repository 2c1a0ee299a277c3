use obs_runtime::monitor_performance;

#[monitor_performance]
const fn place() {}

fn main() {
    place();
}
