use obs_runtime::timed;

#[timed("place", attributes(id = id))]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
