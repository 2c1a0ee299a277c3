use obs_runtime::trace_request;

struct Order {
    paid: bool,
}

#[trace_request(labels(paid = order.piad))]
fn place(order: &Order) {
    let _ = order.paid;
}

fn main() {
    place(&Order { paid: true });
}
