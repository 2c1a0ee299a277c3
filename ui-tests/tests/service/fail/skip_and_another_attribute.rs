use obs_runtime::{service, trace_request};

struct Shop;

#[service]
impl Shop {
    #[service(skip)]
    #[trace_request("open")]
    fn open(&self) {}
}

fn main() {
    Shop.open();
}
