use obs_runtime::health_check;

#[health_check("database", every = "5s")]
fn database() -> bool {
    true
}

fn main() {}
