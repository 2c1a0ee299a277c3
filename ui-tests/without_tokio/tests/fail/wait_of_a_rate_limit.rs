use obs_runtime::{Rejected, rate_limit};

#[rate_limit("orders", calls = 10, wait = "1s")]
async fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
