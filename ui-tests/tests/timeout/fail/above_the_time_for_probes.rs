use obs_runtime::{Rejected, circuit_breaker, timeout};

#[circuit_breaker("orders", half_open_max = "1s")]
#[timeout("2s")]
async fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
