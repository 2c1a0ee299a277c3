//! The attribute macros of obs: entry points only.
//!
//! `obs-runtime` re-exports them, and documents them there.

use proc_macro::TokenStream;

use obs_codegen::operation::{attribute, kind::Kind};

macro_rules! function_attributes {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)+) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
            attribute(Kind::$kind, arguments.into(), item.into()).into()
        }
    )+};
}

function_attributes! {
    /// Traces and measures a function.
    trace_request => TraceRequest;
    /// Measures a function without a span.
    monitor_performance => MonitorPerformance;
    /// Measures how long a function takes, and nothing else.
    timed => Timed;
    /// Counts the calls of a function, and nothing else.
    counted => Counted;
    /// Traces and measures a database query.
    track_db_query => TrackDbQuery;
    /// Traces and measures a call to another service.
    track_external_api => TrackExternalApi;
    /// Calls a function again when it fails.
    retry => Retry;
    /// Puts a circuit breaker around a function.
    circuit_breaker => CircuitBreaker;
    /// Limits how many calls of a function begin in a time.
    rate_limit => RateLimit;
    /// Limits how many calls of a function run at the same time.
    bulkhead => Bulkhead;
    /// Limits how long a call of a function takes.
    timeout => Timeout;
    /// Logs the calls of a function while a debug flag is on.
    debug_trace => DebugTrace;
}

/// Runs a function in the background as a check of the service's health.
#[proc_macro_attribute]
pub fn health_check(arguments: TokenStream, item: TokenStream) -> TokenStream {
    obs_codegen::health_check::attribute(arguments.into(), item.into()).into()
}

/// Names a service and says how it is monitored; traces the methods of an `impl` block.
#[proc_macro_attribute]
pub fn service(arguments: TokenStream, item: TokenStream) -> TokenStream {
    obs_codegen::service::attribute(arguments.into(), item.into()).into()
}
