use obs_runtime::track_external_api;

#[track_external_api("github", method = GET)]
fn place() {}

fn main() {
    place();
}
