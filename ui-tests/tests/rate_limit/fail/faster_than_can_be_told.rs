use obs_runtime::{Rejected, rate_limit};

#[rate_limit("orders", calls = 2000000)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
