use obs_runtime::Outcome;

#[derive(Outcome)]
enum PayError {
    #[outcome(transparent)]
    Busy,
    #[outcome(transparent)]
    Two(std::io::Error, u8),
}

fn main() {
    let _ = PayError::Busy.class();
}
