use obs_runtime::trace_request;

#[trace_request("place", ok_if = Option::is_some)]
fn place(id: u64) -> u64 {
    id
}

fn main() {
    let _ = place(1);
}
