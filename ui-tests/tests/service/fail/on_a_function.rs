use obs_runtime::service;

#[service]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
