use obs_runtime::Redact;

#[derive(Redact)]
struct Account {
    name: String,
}

fn main() {
    println!("{:?}", Account { name: String::new() });
}
