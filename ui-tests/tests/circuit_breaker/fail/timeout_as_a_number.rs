use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", timeout = 2)]
async fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn main() {
    drop(pay(1));
}
