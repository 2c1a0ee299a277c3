use obs_runtime::trace_request;

trait Store {
    #[trace_request("load")]
    fn load(&self) -> u8;
}

struct Memory;

impl Store for Memory {
    fn load(&self) -> u8 {
        1
    }
}

fn main() {
    let _ = Memory.load();
}
