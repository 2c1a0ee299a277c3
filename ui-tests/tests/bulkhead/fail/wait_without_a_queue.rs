use obs_runtime::{Rejected, bulkhead};

#[bulkhead("orders", wait = "1s")]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
