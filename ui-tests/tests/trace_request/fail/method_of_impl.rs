use obs_runtime::{timed, trace_request};

struct Shop;

impl Shop {
    #[trace_request("open", slow = "1")]
    #[timed("open", buckets = [])]
    fn open(&self) -> usize {
        1
    }
}

fn main() {
    let _ = Shop.open() + 1;
}
