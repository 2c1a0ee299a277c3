use obs_runtime::health_check;

#[health_check("database", critical = "no")]
fn database() -> bool {
    true
}

fn main() {}
