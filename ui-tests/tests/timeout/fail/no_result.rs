use obs_runtime::timeout;

#[timeout("1s")]
async fn place(id: u64) -> u64 {
    id
}

fn main() {}
