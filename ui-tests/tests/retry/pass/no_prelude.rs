#![no_implicit_prelude]
#![deny(warnings)]
#![forbid(unsafe_code)]

use ::core::option::Option;
use ::core::result::Result;
use ::core::time::Duration;
use ::obs_runtime::{
    Rejected, bulkhead, circuit_breaker, rate_limit, retry, service, timeout, trace_request,
};
use ::std::string::String;

fn later(_: &Rejected) -> Option<Duration> {
    Option::None
}

#[trace_request("place")]
#[retry("place", idempotent, deadline = "1m", retry_if = |_| true, retry_after = later)]
#[rate_limit("place", wait = "1s")]
#[bulkhead("place", queue = 2, wait = "1s")]
fn place(id: u64, mut note: String, _unused: String) -> Result<u64, Rejected> {
    note.clear();
    Result::Ok(id)
}

#[retry("charge", idempotent)]
#[circuit_breaker("charge", key = host)]
#[rate_limit("charge", wait = "1s")]
#[bulkhead("charge", queue = 2, wait = "1s")]
#[timeout("1s")]
async fn charge(id: u64, host: &str) -> Result<u64, Rejected> {
    let _ = host;
    Result::Ok(id)
}

#[retry("later", idempotent)]
#[timeout("1s")]
fn future(id: u64) -> impl ::core::future::Future<Output = Result<u64, Rejected>> {
    async move { Result::Ok(id) }
}

struct Shop;

#[service]
impl Shop {
    #[retry(idempotent)]
    #[bulkhead("open")]
    fn open(&self) -> Result<bool, Rejected> {
        Result::Ok(true)
    }
}

fn main() {
    ::core::assert!(place(1, String::new(), String::new()).is_ok());
    ::core::mem::drop(charge(1, "eu"));
    ::core::mem::drop(future(1));
    ::core::assert!(Shop.open().is_ok());
}
