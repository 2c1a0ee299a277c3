use obs_runtime::retry;

#[retry(idempotent)]
struct Order;

fn main() {}
