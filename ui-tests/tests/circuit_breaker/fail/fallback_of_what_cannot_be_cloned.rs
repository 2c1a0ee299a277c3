use obs_runtime::{Rejected, circuit_breaker};

struct Card;

#[circuit_breaker("payments", fallback = cached)]
fn pay(card: Card) -> Result<Card, Rejected> {
    Ok(card)
}

fn cached(_: Card, error: Rejected) -> Result<Card, Rejected> {
    Err(error)
}

fn main() {
    let _ = pay(Card);
}
