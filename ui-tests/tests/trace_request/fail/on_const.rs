use obs_runtime::trace_request;

#[trace_request]
const LIMIT: u64 = 1;

fn main() {
    let _ = LIMIT;
}
