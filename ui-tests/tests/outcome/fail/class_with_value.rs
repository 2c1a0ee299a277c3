use obs_runtime::Outcome;

#[derive(Outcome)]
enum PayError {
    #[outcome(failure = "always")]
    Busy,
    #[outcome = "retryable"]
    Other,
}

fn main() {
    let _ = PayError::Busy.class();
    let _ = PayError::Other;
}
