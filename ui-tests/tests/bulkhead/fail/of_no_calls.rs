use obs_runtime::{Rejected, bulkhead};

#[bulkhead("orders", concurrent = 0)]
fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
