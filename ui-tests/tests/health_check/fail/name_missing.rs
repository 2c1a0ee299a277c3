use obs_runtime::health_check;

#[health_check]
fn database() -> bool {
    true
}

fn main() {}
