use obs_runtime::{Rejected, retry};

#[retry(idempotent)]
fn place(ids: &mut Vec<u64>) -> Result<(), Rejected> {
    ids.clear();
    Ok(())
}

fn main() {}
