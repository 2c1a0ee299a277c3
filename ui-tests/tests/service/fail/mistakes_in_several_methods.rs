use obs_runtime::{service, trace_request};

struct Shop;

#[service]
impl Shop {
    #[trace_request("open", slow = "1")]
    fn open(&self) {}

    #[trace_request("close", kind = sever)]
    fn close(&self) {}
}

fn main() {
    Shop.open();
    Shop.close();
}
