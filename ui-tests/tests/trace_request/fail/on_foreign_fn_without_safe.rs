use obs_runtime::trace_request;

unsafe extern "C" {
    #[trace_request("abs")]
    fn abs(value: i32) -> i32;
}

fn main() {
    let _ = unsafe { abs(-1) };
}
