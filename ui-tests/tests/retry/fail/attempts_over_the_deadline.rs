use obs_runtime::{Rejected, retry};

#[retry(attempts = 5, delay = "1s", deadline = "5s", idempotent)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
