extern crate obs_runtime as telemetry;

use telemetry::{Rejected, circuit_breaker, timed};

#[circuit_breaker("orders", crate = ::telemetry)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

#[timed]
#[circuit_breaker("orders", crate = ::telemetry)]
async fn count(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {
    assert!(place(1).is_ok());
    drop(count(1));
}
