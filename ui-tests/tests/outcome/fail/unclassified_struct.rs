use obs_runtime::Outcome;

#[derive(Outcome)]
struct PayError;

fn main() {
    let _ = PayError.class();
}
