use obs_runtime::{Rejected, rate_limit};

#[rate_limit(calls = 10)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
