use obs_runtime::service;

#[service(name = "shop")]
enum Shop {
    Open,
}

fn main() {
    let _ = Shop::Open;
}
