use obs_runtime::bulkhead;

#[bulkhead("orders")]
fn place() {}

fn main() {}
