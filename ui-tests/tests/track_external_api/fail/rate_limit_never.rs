use obs_runtime::track_external_api;

#[track_external_api("github", rate_limit_remaining = |_| 5)]
fn place() -> ! {
    std::process::exit(0)
}

fn main() {
    place()
}
