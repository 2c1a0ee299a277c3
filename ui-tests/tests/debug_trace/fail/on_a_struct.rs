use obs_runtime::debug_trace;

#[debug_trace("payments")]
struct Order {
    id: u64,
}

fn main() {
    let _ = Order { id: 1 };
}
