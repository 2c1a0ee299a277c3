use obs_runtime::circuit_breaker;

struct Receipt;

#[circuit_breaker("payments")]
fn pay() -> Receipt {
    Receipt
}

fn main() {
    let _ = pay();
}
