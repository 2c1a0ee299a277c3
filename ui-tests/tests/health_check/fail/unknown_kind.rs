use obs_runtime::health_check;

#[health_check("database", kind = live)]
fn database() -> bool {
    true
}

fn main() {}
