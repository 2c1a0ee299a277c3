use obs_runtime::circuit_breaker;

#[circuit_breaker("payments")]
struct Shop;

fn main() {
    let _ = Shop;
}
