use obs_runtime::service;

#[service(monitoring(logging(level = "loud")))]
struct Shop;

fn main() {
    let _ = Shop;
}
