use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", recovery_timeout = "1m", max_recovery_timeout = "30s")]
fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn main() {
    let _ = pay(1);
}
