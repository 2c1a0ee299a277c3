use obs_runtime::Redact;

#[derive(Redact)]
struct Account {
    #[redact(last = 4, with = |card: &String| card.len())]
    card: String,
}

fn main() {
    println!("{:?}", Account { card: String::new() });
}
