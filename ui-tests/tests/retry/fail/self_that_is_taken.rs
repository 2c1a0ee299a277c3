use obs_runtime::{Rejected, retry};

struct Order;

impl Order {
    #[retry(idempotent)]
    fn place(self) -> Result<u64, Rejected> {
        Ok(1)
    }
}

fn main() {}
