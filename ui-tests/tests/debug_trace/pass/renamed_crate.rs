extern crate obs_runtime as telemetry;

use telemetry::{debug_trace, service, timed};

#[debug_trace("orders", crate = ::telemetry)]
fn place(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[timed]
#[debug_trace("orders", crate = ::telemetry)]
fn count(id: u64) -> u64 {
    id
}

#[timed(crate = ::telemetry)]
#[debug_trace("orders")]
fn total(id: u64) -> u64 {
    id
}

struct Shop;

#[service(crate = ::telemetry)]
impl Shop {
    #[debug_trace("orders")]
    async fn open(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    assert_eq!(place(1), Ok(1));
    assert_eq!(count(1) + total(1), 2);
    drop(Shop.open());
}
