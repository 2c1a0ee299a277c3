use obs_runtime::trace_request;

unsafe extern "C" {
    #[trace_request("now")]
    safe fn abs(value: i32) -> i32;
}

fn main() {
    let _ = abs(-1);
}
