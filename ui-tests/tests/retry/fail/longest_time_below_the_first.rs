use obs_runtime::{Rejected, retry};

#[retry(delay = "1s", max_delay = "100ms", idempotent)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
