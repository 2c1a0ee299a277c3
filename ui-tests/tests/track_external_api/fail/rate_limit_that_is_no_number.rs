use obs_runtime::track_external_api;

#[track_external_api("github", rate_limit_remaining = |id| id.to_string())]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
