use obs_runtime::health_check;

#[health_check("database", interval = "1ms")]
fn database() -> bool {
    true
}

fn main() {}
