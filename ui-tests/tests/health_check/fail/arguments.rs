use obs_runtime::health_check;

#[health_check("database")]
async fn database(pool: &str) -> bool {
    !pool.is_empty()
}

fn main() {}
