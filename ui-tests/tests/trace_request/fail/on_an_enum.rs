use obs_runtime::trace_request;

#[trace_request("payment")]
enum Payment {
    Card,
}

fn main() {
    let _ = Payment::Card;
}
