use obs_runtime::Redact;

#[derive(Redact)]
struct Account {
    #[redact(lst = 4)]
    card: String,
}

fn main() {
    println!("{:?}", Account { card: String::new() });
}
