use obs_runtime::service;

#[service(monitoring(tracing(operations(health = "often", pay = 50, orders.list = 0.1))))]
struct Shop;

fn main() {}
