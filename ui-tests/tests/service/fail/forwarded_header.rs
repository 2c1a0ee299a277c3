use obs_runtime::service;

#[service(monitoring(tracing(forward(tenant = "X-Tenant", token = "authorization"))))]
struct Shop;

fn main() {}
