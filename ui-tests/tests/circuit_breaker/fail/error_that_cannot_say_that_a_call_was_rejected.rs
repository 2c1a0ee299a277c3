use obs_runtime::circuit_breaker;

struct PayError;

#[circuit_breaker("payments")]
fn pay(cents: u64) -> Result<u64, PayError> {
    Ok(cents)
}

fn main() {
    let _ = pay(1);
}
