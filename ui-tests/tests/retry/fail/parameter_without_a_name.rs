use obs_runtime::{Rejected, retry};

#[retry(idempotent)]
fn place((id, _): (u64, u64)) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
