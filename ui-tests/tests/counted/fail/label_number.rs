use obs_runtime::counted;

#[counted(labels(user = user))]
fn place(user: u64) {
    let _ = user;
}

fn main() {
    place(1);
}
