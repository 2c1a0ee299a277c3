use obs_runtime::Outcome;

#[derive(Outcome)]
union Error {
    code: u8,
    text: char,
}

fn main() {}
