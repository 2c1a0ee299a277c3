use obs_runtime::circuit_breaker;

#[circuit_breaker("payments")]
fn pay(cents: u64) -> Option<u64> {
    Some(cents)
}

fn main() {
    let _ = pay(1);
}
