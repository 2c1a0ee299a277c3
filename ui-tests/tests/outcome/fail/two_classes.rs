use obs_runtime::Outcome;

#[derive(Outcome)]
enum PayError {
    #[outcome(failure, retryable)]
    Busy,
}

fn main() {
    let _ = PayError::Busy.class();
}
