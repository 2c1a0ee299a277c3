use obs_runtime::timeout;

struct Broken;

#[timeout("1s")]
async fn place(id: u64) -> Result<u64, Broken> {
    Ok(id)
}

fn main() {}
