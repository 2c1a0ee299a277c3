use obs_runtime::{Rejected, retry};

struct Order(u64);

impl Order {
    #[retry(idempotent)]
    fn place(&mut self) -> Result<u64, Rejected> {
        self.0 += 1;
        Ok(self.0)
    }
}

fn main() {}
