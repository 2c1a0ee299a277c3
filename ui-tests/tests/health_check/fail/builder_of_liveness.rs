use obs_runtime::health;

fn main() {
    let _ = health::liveness("database", || async { true });
}
