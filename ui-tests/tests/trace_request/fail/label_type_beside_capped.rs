use obs_runtime::trace_request;

#[derive(Debug)]
struct User;

#[trace_request(labels(user = user, id = id, max_series = 10))]
fn place(user: User, id: u64) {
    let _ = (user, id);
}

fn main() {
    place(User, 1);
}
