use obs_runtime::trace_request;

#[trace_request(labels(user = user % 4))]
fn place(user: u64) {
    let _ = user;
}

fn main() {
    place(1);
}
