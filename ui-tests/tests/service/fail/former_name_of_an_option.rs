use obs_runtime::service;

#[service(service_name = "shop")]
struct Shop;

fn main() {
    let _ = Shop;
}
