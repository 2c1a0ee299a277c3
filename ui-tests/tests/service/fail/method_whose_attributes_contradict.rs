use obs_runtime::{counted, monitor_performance, service, timed, trace_request, track_db_query};

struct Shop;

#[service]
impl Shop {
    #[timed("open", buckets = [0.1])]
    #[monitor_performance("opening", buckets = [0.5])]
    fn open(&self) {}

    #[track_db_query("select", labels(full = full), slow = "1s")]
    #[counted(labels(full = full), ok_if = |found| *found > 0)]
    #[trace_request(slow = "2s", error_if = |found| *found == 0)]
    fn list(&self, full: bool) -> u32 {
        full.into()
    }
}

fn main() {
    Shop.open();
    Shop.list(true);
}
