use obs_runtime::health_check;

#[health_check("database", kind = liveness)]
async fn database() -> Result<(), String> {
    Ok(())
}

fn main() {}
