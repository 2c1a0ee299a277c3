use obs_runtime::{Rejected, retry};

#[retry(idempotent, retry_if = |_| 1)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
