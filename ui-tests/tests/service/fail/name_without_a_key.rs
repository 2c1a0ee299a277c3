use obs_runtime::service;

#[service("shop")]
struct Shop;

fn main() {
    let _ = Shop;
}
