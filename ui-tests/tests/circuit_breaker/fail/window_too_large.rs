use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", window = count(5_000))]
fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn main() {
    let _ = pay(1);
}
