use obs_runtime::{Rejected, retry};

#[retry(attempt = 3, idempotent)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
