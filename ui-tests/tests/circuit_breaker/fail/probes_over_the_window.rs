use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", window = count(10), half_open_calls = 20)]
fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn main() {
    let _ = pay(1);
}
