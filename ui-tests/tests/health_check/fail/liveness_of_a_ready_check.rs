use obs_runtime::health_check;

#[health_check("database", kind = liveness)]
fn database() -> obs_runtime::health::ready::Tcp {
    obs_runtime::health::ready::Tcp::new("db:5432")
}

fn main() {}
