use obs_runtime::{Rejected, circuit_breaker};

struct Card;

#[circuit_breaker("payments", key = card)]
fn pay(card: &Card) -> Result<(), Rejected> {
    let _ = card;
    Ok(())
}

fn main() {
    let _ = pay(&Card);
}
