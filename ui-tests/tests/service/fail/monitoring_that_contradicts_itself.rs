use obs_runtime::service;

#[service(monitoring(tracing(enabled = false, exporter = "otlp")))]
struct Shop;

fn main() {
    let _ = Shop;
}
