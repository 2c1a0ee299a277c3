use obs_runtime::{Rejected, rate_limit};

#[rate_limit("orders", limit_for_period = 10)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
