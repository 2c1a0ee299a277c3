use obs_runtime::service;

#[service(monitoring(logging(correlation = true), tracing(enabled = false)))]
struct Shop;

fn main() {
    let _ = Shop;
}
