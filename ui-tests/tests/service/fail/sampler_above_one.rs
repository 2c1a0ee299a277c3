use obs_runtime::service;

#[service(monitoring(tracing(sampler = 10)))]
struct Shop;

fn main() {
    let _ = Shop;
}
