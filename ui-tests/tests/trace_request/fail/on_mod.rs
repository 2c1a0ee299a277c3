use obs_runtime::trace_request;

#[trace_request]
mod shop {
    pub fn open() {}
}

fn main() {
    shop::open();
}
