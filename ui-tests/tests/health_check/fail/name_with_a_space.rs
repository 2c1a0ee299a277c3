use obs_runtime::health_check;

#[health_check("order database")]
fn database() -> bool {
    true
}

fn main() {}
