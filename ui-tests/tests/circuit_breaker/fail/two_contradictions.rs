use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", window = count(5), min_calls = 6, timeout = "1s", slow_call = "3s")]
async fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn main() {
    drop(pay(1));
}
