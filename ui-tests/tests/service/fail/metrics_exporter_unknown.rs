use obs_runtime::service;

#[service(monitoring(metrics(exporters = ["prometheus"])))]
struct Shop;

fn main() {
    let _ = Shop;
}
