use obs_runtime::health_check;

#[health_check("database")]
struct Database;

fn main() {}
