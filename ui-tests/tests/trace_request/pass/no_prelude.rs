#![no_implicit_prelude]
#![deny(warnings)]
#![forbid(unsafe_code)]

use ::obs_runtime::{counted, service, trace_request, track_external_api};

#[trace_request("place", kind = server, slow = "1s", labels(large = id > 9), attributes(id = ?id))]
#[counted]
fn place(id: u64) -> ::core::result::Result<u64, ::std::string::String> {
    ::core::result::Result::Ok(id)
}

#[track_external_api("bank", rate_limit_remaining = |left| *left)]
async fn charge(id: u64) -> u64 {
    id
}

#[service(name = "shop", monitoring(logging(level = "warn")))]
struct Shop;

#[service]
impl Shop {
    fn open(&self) -> bool {
        true
    }
}

fn main() {
    ::core::assert!(place(1).is_ok());
    ::core::mem::drop(charge(1));
    ::core::assert!(Shop.open());
}
