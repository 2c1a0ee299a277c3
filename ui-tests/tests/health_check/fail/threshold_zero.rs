use obs_runtime::health_check;

#[health_check("database", unhealthy_threshold = 0)]
fn database() -> bool {
    true
}

fn main() {}
