use obs_runtime::{Rejected, retry};

#[retry(idempotent)]
async fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
