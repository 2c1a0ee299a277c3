//! Sending the current trace along with requests to others.

use ::http::HeaderMap;

use crate::propagate::WithTraceContext;

/// The headers that [`inject`](super::inject) sets, for clients that take a map: with the feature `reqwest`, requests
/// of reqwest get them by [`WithTraceContext`]. Empty without a current span and baggage.
#[must_use]
pub fn trace_headers() -> HeaderMap {
    HeaderMap::new().with_trace_context()
}
