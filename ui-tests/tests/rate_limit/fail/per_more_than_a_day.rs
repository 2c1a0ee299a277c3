use obs_runtime::{Rejected, rate_limit};

#[rate_limit("orders", per = "2d")]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
