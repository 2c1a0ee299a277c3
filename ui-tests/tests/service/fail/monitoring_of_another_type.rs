use obs_runtime::service;

const MONITORING: u8 = 1;

#[service(monitoring = MONITORING)]
struct Shop;

fn main() {
    let _ = Shop;
}
