use obs_runtime::service;

#[service(monitoring(health(interval = "1s")))]
struct Shop;

fn main() {
    let _ = Shop;
}
