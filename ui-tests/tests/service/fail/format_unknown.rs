use obs_runtime::service;

#[service(monitoring(logging(format = "jason")))]
struct Shop;

fn main() {
    let _ = Shop;
}
