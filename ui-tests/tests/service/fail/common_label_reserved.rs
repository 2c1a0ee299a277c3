use obs_runtime::service;

#[service(monitoring(metrics(labels(le = "x"))))]
struct Shop;

fn main() {
    let _ = Shop;
}
