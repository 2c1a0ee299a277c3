use obs_runtime::service;

#[service(monitoring(profiling(enabled = true, sample = -0.1)))]
struct Shop;

fn main() {
    let _ = Shop;
}
