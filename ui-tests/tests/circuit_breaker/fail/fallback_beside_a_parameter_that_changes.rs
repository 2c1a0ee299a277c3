use obs_runtime::{Rejected, circuit_breaker};

#[circuit_breaker("payments", fallback = cached)]
fn pay(cents: &mut u64) -> Result<u64, Rejected> {
    *cents += 1;
    Ok(*cents)
}

fn cached(_: &mut u64, error: Rejected) -> Result<u64, Rejected> {
    Err(error)
}

fn main() {
    let _ = pay(&mut 1);
}
