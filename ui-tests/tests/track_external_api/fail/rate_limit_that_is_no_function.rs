use obs_runtime::track_external_api;

#[track_external_api("github", rate_limit_remaining = 5)]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
