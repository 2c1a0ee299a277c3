use obs_runtime::service;

#[service(monitoring(metrics(path = "metrics")))]
struct Shop;

fn main() {
    let _ = Shop;
}
