use obs_runtime::trace_request;

#[trace_request]
unsafe extern "C" {
    safe fn abs(value: i32) -> i32;
}

fn main() {
    let _ = abs(-1);
}
