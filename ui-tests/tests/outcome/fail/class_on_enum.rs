use obs_runtime::Outcome;

#[derive(Outcome)]
#[outcome(failure)]
enum PayError {
    #[outcome(retryable)]
    Busy,
}

fn main() {
    let _ = PayError::Busy.class();
}
