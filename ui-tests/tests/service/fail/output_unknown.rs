use obs_runtime::service;

#[service(monitoring(logging(outputs = ["console", "stdout"])))]
struct Shop;

fn main() {
    let _ = Shop;
}
