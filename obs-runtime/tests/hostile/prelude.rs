//! A module without a prelude.

#![no_implicit_prelude]

use ::obs_runtime::{
    counted, monitor_performance, timed, trace_request, track_db_query, track_external_api,
};

#[trace_request("no_prelude", labels(large = n > 3, text = text, max_series = 5), attributes(n = n, d = %n, e = ?n), slow = "1s")]
#[timed]
#[counted("no_prelude_counted")]
pub(crate) fn direct(
    n: u32,
    text: &::core::primitive::str,
) -> ::core::result::Result<usize, ::std::string::String> {
    if n == 0 {
        return ::core::result::Result::Err(::std::string::String::new());
    }
    ::core::result::Result::Ok(text.len())
}

#[track_db_query("select", "no_prelude", labels(large = n > 3))]
pub(crate) async fn later(n: u32) -> ::core::result::Result<u32, ::std::string::String> {
    ::core::result::Result::Ok(n)
}

#[track_external_api("no_prelude", rate_limit_remaining = |n| *n)]
pub(crate) fn boxed(
    n: u32,
) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = u32>>> {
    ::std::boxed::Box::pin(async move { n })
}

#[monitor_performance("no_prelude_never")]
pub(crate) fn never() -> ! {
    ::std::panic!("stop");
}
