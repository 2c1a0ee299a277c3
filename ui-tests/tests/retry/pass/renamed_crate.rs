extern crate obs_runtime as telemetry;

use telemetry::{Rejected, bulkhead, rate_limit, retry, timed, timeout};

#[retry(idempotent, crate = ::telemetry)]
#[rate_limit("orders")]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

#[timed]
#[bulkhead("orders", crate = ::telemetry)]
#[timeout("1s", name = "orders")]
async fn count(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {
    assert!(place(1).is_ok());
    drop(count(1));
}
