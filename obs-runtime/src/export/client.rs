//! The way over HTTP that all sinks share.
//!
//! It follows no redirects, reads no more of an answer than it has use for, and
//! trusts the certificates of the system or those it is given.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::header::{
    CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION,
    RETRY_AFTER, USER_AGENT,
};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;

use super::body::{Body, Memory};
use super::delivery::Answer;
use super::gzip::Packer;
use super::proxy::{Connector, Route};

/// Bytes of an answer that are read, unless more are asked for.
const MAX_ANSWER: usize = 64 * 1024;
/// For how long a connection that nobody uses is kept.
const IDLE: Duration = Duration::from_secs(60);

/// One receiver.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: Connections,
    address: Uri,
    headers: HeaderMap,
    gzip: bool,
    way: Way,
    max_answer: usize,
    memory: Arc<Memory>,
}

type Connections = legacy::Client<HttpsConnector<Connector>, Full<Bytes>>;

/// How a receiver is reached.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) version: Version,
    pub(crate) route: Route,
    pub(crate) tls: ClientConfig,
}

/// Which HTTP is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    One,
    /// From the first byte, without asking for it.
    Two,
}

/// What a receiver said.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// What came after the body.
    pub(crate) trailers: HeaderMap,
}

impl Client {
    /// A client of this address, which sends `headers` with every request and says who it is.
    pub(crate) fn new(address: Uri, mut headers: HeaderMap, gzip: bool, way: Way) -> Self {
        let name = HeaderValue::from_static(concat!("obs/", env!("CARGO_PKG_VERSION")));
        headers.entry(USER_AGENT).or_insert(name);
        if let Some(credentials) = way.route.authorization() {
            headers.insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        Self {
            http: connections(&way),
            address,
            headers,
            gzip,
            way,
            max_answer: MAX_ANSWER,
            memory: Arc::default(),
        }
    }

    /// The same with bodies in gzip.
    #[cfg(feature = "elastic")]
    pub(crate) fn with_gzip(self) -> Self {
        Self { gzip: true, ..self }
    }

    /// The same with so many bytes of an answer that are read.
    #[cfg(feature = "elastic")]
    pub(crate) fn with_max_answer(self, max_answer: usize) -> Self {
        Self { max_answer, ..self }
    }

    /// Forgets the connections there are.
    pub(crate) fn reconnect(&mut self) {
        self.http = connections(&self.way);
    }

    /// Memory for the body of a request, empty: that of the last one, if it is not in use any more.
    pub(crate) fn memory(&self) -> Vec<u8> {
        self.memory.take()
    }

    /// Posts a body and returns the reply, whatever its status.
    ///
    /// # Errors
    ///
    /// If there was none; the answer says that it is worth another attempt.
    pub(crate) async fn post(&self, body: Vec<u8>, kind: &'static str) -> Result<Reply, Answer> {
        self.send(Method::POST, body, &[(CONTENT_TYPE, kind)]).await
    }

    /// The same with a body that the caller keeps.
    #[cfg(any(feature = "push", feature = "elastic"))]
    pub(crate) async fn post_copy(&self, body: &[u8], kind: &'static str) -> Result<Reply, Answer> {
        let copied = || self.memory.copy(body);
        let body = self.packed(body).unwrap_or_else(copied);
        let headers = [(CONTENT_TYPE, kind)];
        self.exchange(Method::POST, body, &headers).await
    }

    /// [`post`](Self::post) with another method, and with headers of this request, which come before those of all.
    pub(crate) async fn send(
        &self,
        method: Method,
        body: Vec<u8>,
        headers: &[(HeaderName, &'static str)],
    ) -> Result<Reply, Answer> {
        let packed = self.packed(&body);
        let body = self.either(packed, body);
        self.exchange(method, body, headers).await
    }

    /// [`post`](Self::post) with a body of which a part may be in gzip, where that is said in the body and not in a header:
    /// that part is what `pack` makes of the body as it is, if it can.
    #[cfg(feature = "otlp")]
    pub(crate) async fn post_packed(
        &self,
        body: Vec<u8>,
        kind: &'static str,
        pack: impl FnOnce(&mut Packer, &[u8], &mut Vec<u8>) -> bool,
    ) -> Result<Reply, Answer> {
        let write = |packer: &mut Packer, out: &mut Vec<u8>| pack(packer, &body, out);
        let packed = self.memory.pack(write);
        let body = self.either(packed, body);
        let headers = [(CONTENT_TYPE, kind)];
        self.exchange(Method::POST, body, &headers).await
    }

    /// The body in gzip, if it is to be sent so.
    fn packed(&self, body: &[u8]) -> Option<Body> {
        let pack = |packer: &mut Packer, out: &mut Vec<u8>| packer.pack(body, out);
        self.gzip.then(|| self.memory.pack(pack)).flatten()
    }

    /// The body in gzip if there is one, and otherwise the one as it is.
    fn either(&self, packed: Option<Body>, plain: Vec<u8>) -> Body {
        match packed {
            Some(packed) => {
                self.memory.keep_plain(plain);
                packed
            }
            None => Body::plain(plain),
        }
    }

    async fn exchange(
        &self,
        method: Method,
        sent: Body,
        headers: &[(HeaderName, &'static str)],
    ) -> Result<Reply, Answer> {
        let request = self.request(method, &sent, headers);
        let response = self
            .http
            .request(request)
            .await
            .map_err(|error| later(&error))?;
        let (head, mut rest) = response.into_parts();
        let (mut body, mut trailers) = (Vec::new(), HeaderMap::new());
        while let Some(frame) = rest.frame().await {
            let piece = match frame.map_err(|error| later(&error))?.into_data() {
                Ok(piece) => piece,
                Err(frame) => {
                    trailers.extend(frame.into_trailers().unwrap_or_default());
                    continue;
                }
            };
            let room = self.max_answer - body.len();
            body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if body.len() == self.max_answer {
                break;
            }
        }
        if self.repeats_secret(&body) {
            body.clear();
        }
        self.memory.keep(sent);
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            body,
            trailers,
        })
    }

    /// Whether there is something in an answer that nobody but the receiver may see.
    fn repeats_secret(&self, body: &[u8]) -> bool {
        let mut secrets = self.headers.values().filter(|value| value.is_sensitive());
        secrets.any(|secret| {
            let secret = secret.as_bytes();
            !secret.is_empty() && body.windows(secret.len()).any(|part| part == secret)
        })
    }

    fn request(
        &self,
        method: Method,
        body: &Body,
        own: &[(HeaderName, &'static str)],
    ) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(body.bytes.clone()));
        *request.method_mut() = method;
        *request.uri_mut() = self.address.clone();
        let headers = request.headers_mut();
        *headers = self.headers.clone();
        for (name, value) in own {
            headers.insert(name, HeaderValue::from_static(value));
        }
        // What is packed otherwise says so itself.
        if body.is_packed && self.gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        request
    }
}

impl Reply {
    /// What a reply means that is no success, where HTTP says so: of the errors, `again` are worth another
    /// attempt.
    pub(crate) fn failure(&self, again: impl Fn(StatusCode) -> bool) -> Option<Answer> {
        if self.status.is_success() {
            return None;
        }
        // The body is left out: a proxy may put into it what was sent, credentials included.
        let why = self.status.to_string();
        Some(match self.status {
            StatusCode::PAYLOAD_TOO_LARGE => Answer::TooLarge { why },
            // Not the receiver's verdict: as where a proxy refuses a tunnel.
            status if again(status) || status == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Answer::Later {
                    after: retry_after(&self.headers, SystemTime::now()),
                    why,
                }
            }
            _ => Answer::Refused { why },
        })
    }
}

fn connections(way: &Way) -> Connections {
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(way.tls.clone())
        .https_or_http();
    let below = Connector::new(way.route.clone());
    let connector = match way.version {
        Version::One => connector.enable_http1().wrap_connector(below),
        Version::Two => connector.enable_http2().wrap_connector(below),
    };
    legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http2_only(way.version == Version::Two)
        .build(connector)
}

/// Whether a status says that the receiver has no time or is not there: those that OTLP names, which for gRPC count as
/// `UNAVAILABLE`.
#[cfg(any(feature = "otlp", feature = "elastic"))]
pub(crate) fn is_away(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

/// How long a receiver wants to be left alone: `Retry-After` in seconds, or as a date. That is one of the receiver's
/// clock, so it is compared with what that said, `Date`: the clock here may be hours away.
fn retry_after(headers: &HeaderMap, now_here: SystemTime) -> Option<Duration> {
    let said = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let text = said(RETRY_AFTER)?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = said(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    let now = now.unwrap_or(now_here);
    Some(until.duration_since(now).unwrap_or_default())
}

/// No reply is no reason to give up. Says what went wrong at the bottom, without the address.
fn later(error: &(dyn Error + 'static)) -> Answer {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let connecting = error
        .downcast_ref::<legacy::Error>()
        .is_some_and(legacy::Error::is_connect);
    let step = if connecting {
        "no connection"
    } else {
        "no answer"
    };
    Answer::Later {
        after: None,
        why: format!("{step}: {cause}"),
    }
}
