use obs_runtime::trace_request;

#[derive(Debug)]
struct User;

#[trace_request(labels(user = user, max_series = 10))]
fn place(user: User) {
    let _ = user;
}

fn main() {
    place(User);
}
