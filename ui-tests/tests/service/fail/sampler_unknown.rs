use obs_runtime::service;

#[service(monitoring(tracing(sampler = "allways_on")))]
struct Shop;

fn main() {
    let _ = Shop;
}
