use obs_runtime::Redact;

#[derive(Redact)]
struct Account {
    #[redact(last = 12)]
    card: String,
}

fn main() {
    println!("{:?}", Account { card: String::new() });
}
