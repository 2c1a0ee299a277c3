use obs_runtime::service;

#[service(monitoring(metrics(interval = "10")))]
struct Shop;

fn main() {
    let _ = Shop;
}
