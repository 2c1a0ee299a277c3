use obs_runtime::service;

#[service(monitoring(logging(outputs = ["console", "console"])))]
struct Shop;

fn main() {
    let _ = Shop;
}
