use obs_runtime::health_check;

#[health_check("database")]
unsafe fn database() -> bool {
    true
}

fn main() {}
