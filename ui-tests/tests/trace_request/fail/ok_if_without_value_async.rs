use obs_runtime::trace_request;

#[trace_request(ok_if = |_| true)]
async fn place() {}

fn main() {
    drop(place());
}
