use obs_runtime::trace_request;

#[trace_request(labels(user = user))]
fn place(user: Option<String>) {
    let _ = user;
}

fn main() {
    place(None);
}
