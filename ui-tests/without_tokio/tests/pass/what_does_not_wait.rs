//! What blocks its thread or does not wait works without the feature.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use obs_runtime::{Rejected, bulkhead, circuit_breaker, rate_limit, retry};

#[retry("stock", idempotent, delay = "1ms")]
#[circuit_breaker("stock")]
#[rate_limit("stock", calls = 10, wait = "1s")]
#[bulkhead("stock", concurrent = 1, queue = 1, wait = "1s")]
fn stock(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

#[circuit_breaker("orders")]
#[rate_limit("orders", calls = 10)]
#[bulkhead("orders", concurrent = 1)]
async fn place(id: u64) -> Result<u64, Rejected> {
    Ok(id)
}

fn main() {
    assert_eq!(stock(7), Ok(7));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(pin!(place(7)).poll(&mut context), Poll::Ready(Ok(7)));
}
