use obs_runtime::trace_request;

struct Order {
    id: u64,
}

#[trace_request("place", attributes(order.id = odrer.id))]
fn place(order: &Order) -> u64 {
    order.id
}

fn main() {
    let _ = place(&Order { id: 1 });
}
