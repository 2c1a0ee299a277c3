use obs_runtime::{Rejected, retry};

#[retry(budget = 0, idempotent)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
