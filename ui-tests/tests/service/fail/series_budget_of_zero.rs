use obs_runtime::service;

#[service(series_budget = 0)]
struct Shop;

fn main() {
    let _ = Shop;
}
