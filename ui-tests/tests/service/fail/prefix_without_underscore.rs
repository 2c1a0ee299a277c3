use obs_runtime::service;

#[service(monitoring(metrics(prefix = "shop")))]
struct Shop;

fn main() {
    let _ = Shop;
}
