use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("")]
fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn main() {
    let _ = pay(1);
}
