use obs_runtime::service;

#[service(monitoring(metrics(exporters = ["pushgateway"], interval = "0s")))]
struct Shop;

fn main() {
    let _ = Shop;
}
