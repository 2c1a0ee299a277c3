//! What the head of a request says: method, route, caller.

use std::net::SocketAddr;

use ::http::uri::Authority;
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Version, header};
use axum::extract::{ConnectInfo, MatchedPath};

use super::Options;
use crate::attribute::AttributeRef;
use crate::hot::body::cut;
use crate::hot::local;
use crate::trace::TraceId;

pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The methods that are labels; every other one is [`OTHER`].
pub(super) const METHODS: &[&str] = &[
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", OTHER,
];
/// The value that OpenTelemetry's conventions give for an unknown method.
pub(super) const OTHER: &str = "_OTHER";

/// Bytes of a request id that is taken from the caller.
const MAX_REQUEST_ID: usize = 128;
/// Bytes of a path that a span shows.
const MAX_PATH: usize = 1024;
/// Bytes of other texts from the caller that a span shows.
const MAX_TEXT: usize = 256;

/// What makes the series and the name of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// One of [`METHODS`].
    pub(super) method: &'static str,
    /// The route's template.
    pub(super) route: Option<&'a str>,
}

impl<'a> Head<'a> {
    pub(super) fn read<B>(options: &Options, request: &'a Request<B>) -> Self {
        let matched = request.extensions().get::<MatchedPath>();
        let find = || options.find_route.as_ref()?(request.method(), request.uri());
        Self {
            method: known(request.method()),
            route: matched.map(MatchedPath::as_str).or_else(find),
        }
    }

    /// Hands the span's attributes over, by the HTTP conventions of OpenTelemetry. The query is not
    /// among them: it can hold secrets.
    pub(super) fn describe<B>(
        &self,
        options: &Options,
        request: &Request<B>,
        mut add: impl FnMut(&'static str, AttributeRef<'_>),
    ) {
        let (uri, headers) = (request.uri(), request.headers());
        let mut text = |key, value: &str, limit| add(key, AttributeRef::Str(cut(value, limit)));
        text("http.request.method", self.method, MAX_TEXT);
        if self.method == OTHER {
            text(
                "http.request.method_original",
                request.method().as_str(),
                MAX_TEXT,
            );
        }
        if let Some(route) = self.route {
            text("http.route", route, MAX_PATH);
        }
        text("url.path", uri.path(), MAX_PATH);
        text("url.scheme", uri.scheme_str().unwrap_or("http"), MAX_TEXT);
        if let Some(version) = version(request.version()) {
            text("network.protocol.version", version, MAX_TEXT);
        }
        if let Some(agent) = headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
        {
            text("user_agent.original", agent, MAX_TEXT);
        }
        if let Some(authority) = authority(request) {
            text("server.address", authority.host(), MAX_TEXT);
            if let Some(port) = authority.port_u16() {
                add("server.port", AttributeRef::Int(i64::from(port)));
            }
        }
        if let (true, Some(client)) = (options.client_address, client(request)) {
            add("client.address", AttributeRef::Display(&client.ip()));
        }
    }
}

fn known(method: &Method) -> &'static str {
    let method = method.as_str();
    METHODS
        .iter()
        .copied()
        .find(|known| *known == method)
        .unwrap_or(OTHER)
}

fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        Version::HTTP_3 => Some("3"),
        _ => None,
    }
}

/// The server that the caller asked for.
fn authority<B>(request: &Request<B>) -> Option<Authority> {
    let host = || {
        request
            .headers()
            .get(header::HOST)?
            .to_str()
            .ok()?
            .parse()
            .ok()
    };
    request.uri().authority().cloned().or_else(host)
}

fn client<B>(request: &Request<B>) -> Option<SocketAddr> {
    let ConnectInfo(address) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    Some(*address)
}

/// The id of the request: the caller's if there is a usable one, or a new one.
pub(super) fn request_id(headers: &HeaderMap) -> (String, HeaderValue) {
    let given = headers.get(X_REQUEST_ID).and_then(|value| {
        let id = value.to_str().ok().filter(|id| is_request_id(id))?;
        Some((id.to_owned(), value.clone()))
    });
    given.unwrap_or_else(|| {
        let id = TraceId::new(local::random_trace_id())
            .map(|id| id.to_string())
            .unwrap_or_default();
        let header = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static(""));
        (id, header)
    })
}

/// Letters, digits and a few signs: an id goes to log lines and back to the caller.
fn is_request_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@~".contains(&byte);
    (1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(fits)
}
