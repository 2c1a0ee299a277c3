use obs_runtime::trace_request;

struct Order {
    kind: u64,
}

#[trace_request("place", labels(kind = order.kind))]
fn place(order: &Order) -> u64 {
    order.kind
}

fn main() {
    let _ = place(&Order { kind: 1 });
}
