use obs_runtime::health_check;

#[health_check("database", timeout = "2s", retries = 2, interval = "5s")]
fn database() -> bool {
    true
}

fn main() {}
