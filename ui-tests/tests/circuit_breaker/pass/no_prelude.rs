#![no_implicit_prelude]
#![deny(warnings)]
#![forbid(unsafe_code)]

use ::core::result::Result;
use ::obs_runtime::{Rejected, circuit_breaker, service, trace_request};
use ::std::string::String;

fn cached(id: u64, note: String, error: Rejected) -> Result<u64, Rejected> {
    let _ = (id, note);
    Result::Err(error)
}

#[circuit_breaker("place", window = count(10), fallback = cached, record = |_| true, ignore = |_| false)]
#[trace_request("place")]
fn place(id: u64, note: String) -> Result<u64, Rejected> {
    ::core::mem::drop(note);
    Result::Ok(id)
}

#[circuit_breaker("charge", window = time("1m"), timeout = "1s", slow_call = "500ms", key = host)]
async fn charge(id: u64, host: &str) -> Result<u64, Rejected> {
    let _ = host;
    Result::Ok(id)
}

#[circuit_breaker("later")]
fn later(id: u64) -> impl ::core::future::Future<Output = Result<u64, Rejected>> {
    async move { Result::Ok(id) }
}

struct Shop;

#[service]
impl Shop {
    #[circuit_breaker("open")]
    fn open(&self) -> Result<bool, Rejected> {
        Result::Ok(true)
    }
}

fn main() {
    ::core::assert!(place(1, String::new()).is_ok());
    ::core::mem::drop(charge(1, "eu"));
    ::core::mem::drop(later(1));
    ::core::assert!(Shop.open().is_ok());
}
