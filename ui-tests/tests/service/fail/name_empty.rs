use obs_runtime::service;

#[service(name = "")]
struct Shop;

fn main() {
    let _ = Shop;
}
