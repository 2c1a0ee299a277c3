use obs_runtime::track_external_api;

#[track_external_api("github", rate_limit = |_| 5)]
fn place() {}

fn main() {
    place();
}
