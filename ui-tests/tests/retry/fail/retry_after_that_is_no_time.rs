use obs_runtime::{Rejected, retry};

#[retry(idempotent, retry_after = |_| 5)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
