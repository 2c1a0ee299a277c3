use obs_runtime::trace_request;

struct Shop;

#[trace_request("shop")]
impl Shop {
    fn open(&self) {}
}

fn main() {
    Shop.open();
}
