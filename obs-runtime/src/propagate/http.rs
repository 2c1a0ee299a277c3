//! The header map of the `http` crate.

use ::http::{HeaderMap, HeaderName, HeaderValue, Request, request};

use super::names;
use super::{Carrier, CarrierMut, inject};

/// The names that are sent, so that setting one copies no text.
static NAMES: [HeaderName; 12] = [
    HeaderName::from_static(names::TRACEPARENT),
    HeaderName::from_static(names::TRACESTATE),
    HeaderName::from_static(names::BAGGAGE),
    HeaderName::from_static(names::X_REQUEST_ID),
    HeaderName::from_static(names::B3),
    HeaderName::from_static(names::B3_TRACE_ID),
    HeaderName::from_static(names::B3_SPAN_ID),
    HeaderName::from_static(names::B3_SAMPLED),
    HeaderName::from_static(names::X_TRACE_CONTEXT),
    HeaderName::from_static(names::X_TRACE_ID),
    HeaderName::from_static(names::X_SPAN_ID),
    HeaderName::from_static(names::X_TRACE_FLAGS),
];

impl Carrier for HeaderMap {
    fn values<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.get_all(name).into_iter().map(HeaderValue::as_bytes)
    }
}

impl CarrierMut for HeaderMap {
    fn set(&mut self, name: &'static str, value: &str) {
        let known = NAMES.iter().find(|known| *known == name).cloned();
        let name = known.or_else(|| HeaderName::from_bytes(name.as_bytes()).ok());
        // What is sent is ASCII by construction.
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            self.insert(name, value);
        }
    }

    fn remove(&mut self, name: &'static str) {
        HeaderMap::remove(self, name);
    }
}

/// Adds the current trace and baggage to requests: see [`inject`].
///
/// It is for the types of the `http` crate, which hyper and tower clients send as they are. For
/// reqwest there is [`trace_headers`](crate::http::trace_headers); tonic's metadata is a header map
/// inside: `inject(request.metadata_mut().as_mut())`, and `extract(request.metadata().as_ref())`.
///
/// ```
/// use obs_runtime::propagate::WithTraceContext;
///
/// # let _capture = obs_runtime::testing::capture();
/// let _span = obs_runtime::trace::span("charge").enter();
/// let request = http::Request::get("http://payments/charge").with_trace_context().body(()).unwrap();
/// assert!(request.headers().contains_key("traceparent"));
/// ```
pub trait WithTraceContext: Sized {
    /// The request with the headers set.
    #[must_use]
    fn with_trace_context(self) -> Self;
}

impl WithTraceContext for HeaderMap {
    fn with_trace_context(mut self) -> Self {
        inject(&mut self);
        self
    }
}

impl<B> WithTraceContext for Request<B> {
    fn with_trace_context(mut self) -> Self {
        inject(self.headers_mut());
        self
    }
}

impl WithTraceContext for request::Builder {
    /// A builder that has failed already stays as it is.
    fn with_trace_context(mut self) -> Self {
        if let Some(headers) = self.headers_mut() {
            inject(headers);
        }
        self
    }
}
