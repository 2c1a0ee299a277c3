use obs_runtime::trace_request;

#[trace_request("order")]
struct Order {
    id: u64,
}

fn main() {
    let _ = Order { id: 1 }.id;
}
