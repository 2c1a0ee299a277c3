use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", fallback = cached)]
fn pay((cents, _): (u64, u64)) -> Result<u64, Rejected> {
    Ok(cents)
}

fn cached(_: (u64, u64), error: Rejected) -> Result<u64, Rejected> {
    Err(error)
}

fn main() {
    let _ = pay((1, 2));
}
