extern crate obs_runtime as telemetry;

use telemetry::health_check;

#[health_check("database", crate = ::telemetry)]
async fn database() -> bool {
    true
}

#[health_check("process", kind = liveness, crate = ::telemetry)]
fn process() -> telemetry::health::Liveness {
    telemetry::health::Liveness::new()
}

fn main() {}
