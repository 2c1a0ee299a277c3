use obs_runtime::trace_request;

struct Order {
    id: u64,
}

#[trace_request(attributes(order = order.idd))]
fn place(order: &Order) {
    let _ = order;
}

fn main() {
    place(&Order { id: 7 });
    let _ = Order { id: 1 }.id;
}
