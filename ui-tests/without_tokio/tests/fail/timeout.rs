use obs_runtime::{Rejected, timeout};

#[timeout("1s")]
async fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {}
