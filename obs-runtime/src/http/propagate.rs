//! Sending the current trace along with requests to others.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use ::http::{HeaderMap, HeaderName, HeaderValue};

use crate::span;
use crate::trace::w3c;

const TRACEPARENT: HeaderName = HeaderName::from_static(w3c::TRACEPARENT);
const TRACESTATE: HeaderName = HeaderName::from_static(w3c::TRACESTATE);

/// Whether the headers are read and sent: `OTEL_PROPAGATORS` may leave them out.
static ENABLED: AtomicBool = AtomicBool::new(true);

pub(super) fn set_enabled(enabled: bool) {
    ENABLED.store(enabled, Relaxed);
}

pub(super) fn is_enabled() -> bool {
    ENABLED.load(Relaxed)
}

/// Makes a request a child of the current span: sets `traceparent` and `tracestate`, in place of
/// what they were. Without a current span, or if `OTEL_PROPAGATORS` leaves out `tracecontext`, the
/// headers are left as they are.
///
/// ```
/// let mut request = http::Request::get("http://payments/charge").body(()).unwrap();
/// obs_runtime::http::inject(request.headers_mut());
/// ```
pub fn inject(headers: &mut HeaderMap) {
    let Some(context) = span::current_context().filter(|_| is_enabled()) else {
        return;
    };
    let set = w3c::inject(&context);
    // Both are ASCII by construction.
    let Ok(parent) = HeaderValue::from_str(&set.traceparent) else {
        return;
    };
    headers.insert(TRACEPARENT, parent);
    headers.remove(TRACESTATE);
    if let Some(Ok(state)) = set.tracestate.map(HeaderValue::from_str) {
        headers.insert(TRACESTATE, state);
    }
}

/// The headers that [`inject`] sets, for clients that take a map: reqwest's
/// `RequestBuilder::headers`. Empty without a current span.
#[must_use]
pub fn trace_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    inject(&mut headers);
    headers
}
