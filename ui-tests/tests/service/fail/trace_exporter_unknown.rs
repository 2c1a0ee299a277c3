use obs_runtime::service;

#[service(monitoring(tracing(exporter = "oltp")))]
struct Shop;

fn main() {
    let _ = Shop;
}
