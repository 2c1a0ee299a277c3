use obs_runtime::retry;

struct Broken;

#[retry(idempotent)]
fn place(id: u64) -> Result<u64, Broken> {
    Ok(id)
}

fn main() {}
