use obs_runtime::service;

#[service(monitoring = "default")]
struct Shop;

fn main() {
    let _ = Shop;
}
