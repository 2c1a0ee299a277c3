use obs_runtime::service;

#[service(nmae = "shop")]
struct Shop;

fn main() {
    let _ = Shop;
}
