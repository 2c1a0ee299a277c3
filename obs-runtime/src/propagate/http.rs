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
/// It is for the types of the `http` crate, which hyper and tower clients send as they are, and for those of reqwest
/// (feature `reqwest`; [`trace_headers`](crate::http::trace_headers) does it without). tonic's metadata is a header map
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

#[cfg(feature = "reqwest")]
impl WithTraceContext for reqwest::Request {
    fn with_trace_context(mut self) -> Self {
        inject(self.headers_mut());
        self
    }
}

/// A builder that has failed already stays as it is.
#[cfg(feature = "reqwest")]
impl WithTraceContext for reqwest::RequestBuilder {
    fn with_trace_context(self) -> Self {
        self.headers(HeaderMap::new().with_trace_context())
    }
}

#[cfg(all(test, feature = "reqwest"))]
mod tests {
    use super::*;
    use crate::{testing, trace};

    #[test]
    fn requests_of_reqwest_say_where_they_come_from() {
        let _capture = testing::capture();
        let client = reqwest::Client::new();
        let outside = client.get("http://pay/").with_trace_context();
        assert!(outside.build().unwrap().headers().is_empty());

        let _span = trace::span("charge").enter();
        let here = trace::current().unwrap();
        let built = client.get("http://pay/").header("TraceParent", "old");
        let request = built.build().unwrap().with_trace_context();
        let built = client.get("http://pay/").header("TraceParent", "old");
        for request in [request, built.with_trace_context().build().unwrap()] {
            let sent: Vec<_> = request.headers().get_all("traceparent").iter().collect();
            assert_eq!(sent.len(), 1);
            let parent = format!("00-{}-{}-03", here.trace_id, here.span_id);
            assert_eq!(sent[0], &parent);
        }

        let broken = client.get("no address").with_trace_context();
        assert!(broken.build().is_err());
    }
}
