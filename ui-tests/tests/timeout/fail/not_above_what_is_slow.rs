use obs_runtime::{Rejected, circuit_breaker, timeout};

#[circuit_breaker("orders", slow_call = "2s")]
#[timeout("1s")]
async fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
