use obs_runtime::rate_limit;

#[rate_limit("orders")]
fn place(id: u64) -> Option<u64> {
    Some(id)
}

fn main() {}
