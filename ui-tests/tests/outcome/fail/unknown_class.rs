use obs_runtime::Outcome;

#[derive(Outcome)]
enum PayError {
    #[outcome(retriable)]
    Busy,
    #[outcome(client_error)]
    Declined,
}

fn main() {
    let _ = (PayError::Busy.class(), PayError::Declined.class());
}
