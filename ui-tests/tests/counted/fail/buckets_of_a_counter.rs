use obs_runtime::counted;

#[counted("place", buckets = [1.0])]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
