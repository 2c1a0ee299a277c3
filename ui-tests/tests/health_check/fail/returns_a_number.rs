use obs_runtime::health_check;

#[health_check("database")]
async fn database() -> u64 {
    7
}

fn main() {}
