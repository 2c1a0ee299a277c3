use obs_runtime::{Rejected, retry};

#[retry(backoff = 0.5, idempotent)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
