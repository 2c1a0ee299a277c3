use obs_runtime::circuit_breaker;

#[circuit_breaker("payments")]
fn pay(cents: u64) {
    let _ = cents;
}

fn main() {
    let _ = pay(1);
}
