use obs_runtime::{Rejected, bulkhead};

#[bulkhead("orders", max_concurrent_calls = 10)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
