use obs_runtime::{service, trace_request};

#[service(name = "shop", series_budget = 10)]
struct Shop;

#[service]
impl Shop {
    #[trace_request(labels(a = a, b = b))]
    fn place(&self, a: bool, b: bool) -> Result<bool, ()> {
        Ok(a && b)
    }
}

fn main() {
    let _ = Shop.place(true, false);
}
