use obs_runtime::Redact;

#[derive(Redact)]
struct Account {
    #[redact(last = 4)]
    cards: Vec<String>,
}

fn main() {
    println!("{:?}", Account { cards: Vec::new() });
}
