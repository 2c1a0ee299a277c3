use obs_runtime::health_check;

#[health_check("process", kind = liveness, traffic = "payments")]
fn process() -> obs_runtime::health::Liveness {
    obs_runtime::health::Liveness::new()
}

fn main() {}
