use obs_runtime::health_check;

struct Broken;

#[health_check("database")]
fn database() -> Result<(), Broken> {
    Err(Broken)
}

fn main() {}
