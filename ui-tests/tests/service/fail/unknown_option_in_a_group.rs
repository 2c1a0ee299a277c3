use obs_runtime::service;

#[service(monitoring(tracing(samplr = 0.1)))]
struct Shop;

fn main() {
    let _ = Shop;
}
