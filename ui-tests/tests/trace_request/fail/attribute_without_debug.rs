use obs_runtime::trace_request;

struct Order;

#[trace_request(attributes(order = ?order))]
fn place(order: &Order) {
    let _ = order;
}

fn main() {
    place(&Order);
}
