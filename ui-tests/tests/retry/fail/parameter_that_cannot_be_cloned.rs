use obs_runtime::{Rejected, retry};

struct Order(u64);

#[retry(idempotent)]
fn place(order: Order) -> Result<u64, Rejected> {
    Ok(order.0)
}

fn main() {}
