use obs_runtime::trace_request;

#[trace_request]
trait Shop {
    fn open(&self) {}
}

impl Shop for u8 {}

fn main() {
    1u8.open();
}
