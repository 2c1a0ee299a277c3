use obs_runtime::{Rejected, bulkhead, rate_limit, retry};

#[retry(attempts = 2, deadline = "5s", idempotent)]
#[rate_limit("orders", wait = "2s")]
#[bulkhead("orders", queue = 10, wait = "1s")]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
