use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", failure_threshold = 0)]
fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn main() {
    let _ = pay(1);
}
