#![no_implicit_prelude]
#![deny(warnings)]
#![forbid(unsafe_code)]

use ::obs_runtime::health::{Health, Liveness, Status};
use ::obs_runtime::{health_check, trace_request};

#[health_check("database", timeout = "1s", interval = "5s", critical, retries = 2)]
async fn database() -> ::core::result::Result<(), ::std::string::String> {
    ::core::result::Result::Ok(())
}

#[health_check("queue", critical = false, group = "storage")]
#[trace_request("queue")]
fn queue() -> Health {
    Health::healthy().with("length", 7)
}

#[trace_request("cache")]
#[health_check("cache", kind = startup, initial_delay = "1s", healthy_threshold = 2)]
fn cache() -> impl ::core::future::Future<Output = Status> {
    async { Status::Healthy }
}

#[health_check("process", kind = liveness)]
fn process() -> Liveness {
    Liveness::new()
}

fn main() {}
