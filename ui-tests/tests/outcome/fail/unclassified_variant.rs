use obs_runtime::Outcome;

#[derive(Outcome)]
enum PayError {
    #[outcome(failure)]
    Broken,
    Declined,
    Busy { after: u64 },
}

fn main() {
    // The derive still implements the trait, so that only the mistakes are reported.
    let _ = PayError::Broken.class();
    let _ = (PayError::Declined, PayError::Busy { after: 1 });
}
