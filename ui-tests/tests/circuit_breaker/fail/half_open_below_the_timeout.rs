use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", timeout = "2m", half_open_max = "1m")]
async fn pay(cents: u64) -> Result<u64, Rejected> {
    Ok(cents)
}

fn main() {
    drop(pay(1));
}
