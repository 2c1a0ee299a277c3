use obs_runtime::{Rejected, retry, timeout};

#[retry(attempts = 4, deadline = "5s", idempotent)]
#[timeout("2s")]
async fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
