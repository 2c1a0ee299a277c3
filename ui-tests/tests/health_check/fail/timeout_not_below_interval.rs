use obs_runtime::health_check;

#[health_check("database", timeout = "5s", interval = "5s")]
fn database() -> bool {
    true
}

fn main() {}
