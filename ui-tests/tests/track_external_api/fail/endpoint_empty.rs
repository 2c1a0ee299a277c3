use obs_runtime::track_external_api;

#[track_external_api("github", endpoint = "")]
fn place() {}

fn main() {
    place();
}
