#![deny(unused_variables)]

use obs_runtime::trace_request;

struct Order {
    user: String,
}

#[trace_request("place")]
fn place(order: Order, user: String, id: String) -> Result<String, String> {
    Ok(order.user + &id)
}

fn main() {
    let order = Order {
        user: String::new(),
    };
    let _ = place(order, String::new(), String::new());
}
