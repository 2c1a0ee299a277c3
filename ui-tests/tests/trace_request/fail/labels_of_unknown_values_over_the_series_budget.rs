use obs_runtime::trace_request;

struct Shop {
    open: bool,
    full: bool,
}

impl Shop {
    #[trace_request("place", labels(open = self.open, full = self.full))]
    fn place(&self) -> bool {
        self.open && self.full
    }
}

fn main() {
    let _ = Shop { open: true, full: true }.place();
}
