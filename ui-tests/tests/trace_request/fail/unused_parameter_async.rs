#![deny(unused_variables)]

use obs_runtime::trace_request;

#[trace_request("place")]
async fn place(user: u64) {}

fn main() {
    drop(place(1));
}
