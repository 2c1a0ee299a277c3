extern crate obs_runtime as telemetry;

use telemetry::{service, timed, trace_request};

#[trace_request("place", labels(large = id > 9), attributes(id = id), crate = ::telemetry)]
#[timed]
fn place(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[service(name = "shop", monitoring(tracing(sampler = 0.5)), crate = ::telemetry)]
struct Shop;

#[service(crate = ::telemetry)]
impl Shop {
    async fn open(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    assert_eq!(place(1), Ok(1));
    drop(Shop.open());
}
