use obs_runtime::service;

#[service(monitoring(metrics(collectors = ["proces"])))]
struct Shop;

fn main() {
    let _ = Shop;
}
