use obs_runtime::health_check;

struct Database;

impl Database {
    #[health_check("database")]
    fn check(&self) -> bool {
        true
    }
}

fn main() {
    Database.check();
}
