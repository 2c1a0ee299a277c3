use obs_runtime::circuit_breaker;

struct PayError;

#[circuit_breaker("payments")]
async fn pay(cents: u64) -> Result<u64, PayError> {
    Ok(cents)
}

fn main() {
    drop(pay(1));
}
