use obs_runtime::trace_request;

#[trace_request(attributes(order = order.into_boxed_str()))]
fn place(order: String) {
    drop(order);
}

fn main() {
    place(String::new());
}
