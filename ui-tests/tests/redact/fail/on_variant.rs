use obs_runtime::Redact;

#[derive(Redact)]
enum Credential {
    #[redact]
    Token(String),
}

fn main() {
    println!("{:?}", Credential::Token(String::new()));
}
