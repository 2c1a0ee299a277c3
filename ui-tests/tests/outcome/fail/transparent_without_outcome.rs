use obs_runtime::Outcome;

struct StoreError;

#[derive(Outcome)]
enum PayError {
    #[outcome(transparent)]
    Store(StoreError),
}

fn main() {
    let _ = PayError::Store(StoreError).class();
}
