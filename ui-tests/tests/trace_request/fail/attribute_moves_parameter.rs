use obs_runtime::trace_request;

struct Order(String);

impl Order {
    fn into_id(self) -> String {
        self.0
    }
}

#[trace_request(attributes(order = order.into_id()))]
fn place(order: Order) {
    drop(order);
}

fn main() {
    place(Order(String::new()));
}
