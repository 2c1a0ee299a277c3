use obs_runtime::bulkhead;

struct Broken;

#[bulkhead("orders")]
fn place(id: u64) -> Result<u64, Broken> {
    Ok(id)
}

fn main() {}
