//! From what an endpoint found to the response.

use std::io::Write;

use ::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use ::http::{HeaderName, HeaderValue, Response, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::body::Bytes;
use serde_json::Value;

use super::problem::Problem;

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";
/// A page may bring its own style, and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What an endpoint found.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
    header: Option<(HeaderName, HeaderValue)>,
    gzipped: bool,
}

impl Answer {
    /// Text in a format of its own.
    pub(super) fn text(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            body: body.into(),
            header: None,
            gzipped: false,
        }
    }

    /// A page for people.
    pub(super) fn page(html: String) -> Self {
        Self::text(HTML, html)
    }

    /// The same with another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The body as it is, or compressed. Compression cannot fail, writing to memory; if it did, the
    /// plain body would still be right.
    pub(super) fn gzip(mut self) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        if let Ok(body) = encoder
            .write_all(&self.body)
            .and_then(|()| encoder.finish())
        {
            self.body = body;
            self.gzipped = true;
        }
        self
    }

    /// The response. `is_head` leaves the body out and says how long it would have been.
    pub(super) fn into_response(self, is_head: bool) -> Response<Full<Bytes>> {
        let length = self.body.len();
        let body = if is_head {
            Bytes::new()
        } else {
            Bytes::from(self.body)
        };
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        set(CONTENT_TYPE, self.content_type);
        set(X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(CACHE_CONTROL, "no-store");
        set(RESOURCE_POLICY, "same-origin");
        set(VARY, "accept, accept-encoding");
        if self.content_type == HTML {
            set(CONTENT_SECURITY_POLICY, PAGE_POLICY);
        }
        if self.gzipped {
            set(CONTENT_ENCODING, "gzip");
        }
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        headers.extend(self.header);
        response
    }
}

/// JSON for people and programs alike: indented, with a newline at the end.
impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        let mut body = serde_json::to_vec_pretty(&value).unwrap_or_default();
        body.push(b'\n');
        Self::text(JSON, body)
    }
}

impl From<Problem> for Answer {
    fn from(mut problem: Problem) -> Self {
        let answer = Self::from(problem.body()).with_status(problem.status);
        Self {
            header: problem.take_header(),
            ..answer
        }
    }
}
