use obs_runtime::{Rejected, bulkhead};

#[bulkhead("orders", concurrent = 2, queue = 4, wait = "1s")]
async fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
