use obs_runtime::retry;

#[retry(idempotent)]
fn place(id: u64) -> u64 {
    id
}

fn main() {}
