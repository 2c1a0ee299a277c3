use obs_runtime::trace_request;

#[trace_request("stop", ok_if = |_| true)]
fn stop() -> ! {
    std::process::exit(0)
}

fn main() {
    stop();
}
