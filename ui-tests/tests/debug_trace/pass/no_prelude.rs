#![no_implicit_prelude]
#![deny(warnings)]
#![forbid(unsafe_code)]

use ::obs_runtime::{debug_trace, service, trace_request};

#[debug_trace("orders", skip(note))]
#[trace_request("place")]
fn place(id: u64, note: &str) -> ::core::result::Result<u64, ::std::string::String> {
    let _ = note;
    ::core::result::Result::Ok(id)
}

#[debug_trace("orders")]
async fn charge(id: u64) -> u64 {
    id
}

#[debug_trace("orders")]
fn later(id: u64) -> impl ::core::future::Future<Output = u64> {
    async move { id }
}

struct Shop;

#[service]
impl Shop {
    #[debug_trace("orders")]
    fn open(&self) -> bool {
        true
    }
}

fn main() {
    ::core::assert!(place(1, "").is_ok());
    ::core::mem::drop(charge(1));
    ::core::mem::drop(later(1));
    ::core::assert!(Shop.open());
}
