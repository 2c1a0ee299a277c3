use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", fallback = cached)]
fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn cached(cents: u64, _: Rejected) -> u64 {
    cents
}

fn main() {
    let _ = pay(1);
}
