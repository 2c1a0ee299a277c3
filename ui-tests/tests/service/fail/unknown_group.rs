use obs_runtime::service;

#[service(monitoring(trcing(enabled = false)))]
struct Shop;

fn main() {
    let _ = Shop;
}
