use obs_runtime::health_check;

#[health_check("database")]
fn database() {}

fn main() {}
