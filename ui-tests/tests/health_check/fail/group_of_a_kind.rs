use obs_runtime::health_check;

#[health_check("database", group = "readiness")]
fn database() -> bool {
    true
}

fn main() {}
