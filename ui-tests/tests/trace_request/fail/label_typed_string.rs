use obs_runtime::trace_request;

struct User {
    name: String,
}

#[trace_request(labels(user: String = user.name))]
fn place(user: &User) {
    let _ = user;
}

fn main() {
    place(&User { name: String::new() });
}
