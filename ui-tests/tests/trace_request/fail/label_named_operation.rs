use obs_runtime::trace_request;

#[trace_request(labels(operation = region))]
fn place(region: bool) {
    let _ = region;
}

fn main() {
    place(true);
}
