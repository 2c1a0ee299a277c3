//! From what an endpoint found to the response.

use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use ::http::{HeaderName, HeaderValue, Response, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use serde_json::Value;

use super::audit::Change;
use super::live::{Closing, EVENT_STREAM, Live};
use super::problem::Problem;
use super::stream::{Content, Made, Patience, Pieces};

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";
/// A page may bring its own style, and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Bytes of an answer, compressed if it is.
const MAX_BYTES: usize = 256 << 20;

/// How long an answer waits for a client that does not read it. As long as Prometheus waits for a scrape.
const PATIENCE: Patience = Patience {
    piece: Duration::from_secs(10),
    whole: Duration::from_secs(30),
    bytes: MAX_BYTES,
};

/// Writes a body.
type WriteBody = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;

enum Body {
    Made(Made),
    /// It goes on until somebody ends it.
    Live(Live),
    Written(WriteBody),
}

/// What an endpoint found.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    content_type: &'static str,
    body: Body,
    header: Option<(HeaderName, HeaderValue)>,
    gzipped: bool,
    change: Option<Box<Change>>,
}

impl Answer {
    /// Text in a format of its own.
    pub(super) fn text(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(content_type, Body::Made(Made::Whole(body.into())))
    }

    /// Text that may be long: `write` writes it while it is sent.
    pub(super) fn written(
        content_type: &'static str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
    ) -> Self {
        Self::new(content_type, Body::Written(Box::new(write)))
    }

    /// Events as they happen.
    pub(super) fn live(events: Live) -> Self {
        Self::new(EVENT_STREAM, Body::Live(events))
    }

    /// The same, but what would go on for ever ends when the listener stops.
    pub(super) fn until(self, closing: impl FnOnce() -> Closing) -> Self {
        let body = match self.body {
            Body::Live(events) => Body::Live(events.until(closing())),
            body => body,
        };
        Self { body, ..self }
    }

    fn new(content_type: &'static str, body: Body) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            body,
            header: None,
            gzipped: false,
            change: None,
        }
    }

    /// The same, with what was changed: for the audit trail.
    pub(super) fn changing(self, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        let (before, after) = (before.into(), after.into());
        Self {
            change: Some(Box::new(Change { before, after })),
            ..self
        }
    }

    /// What was changed, once.
    pub(super) fn take_change(&mut self) -> Option<Change> {
        self.change.take().map(|change| *change)
    }

    /// A page for people.
    pub(super) fn page(html: String) -> Self {
        Self::text(HTML, html)
    }

    /// The same with another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Makes the body, compressed if `gzip`, and gives the answer to `send`. If the body is long and
    /// `read_meanwhile` says that somebody reads it on another thread, that happens as soon as there is
    /// something of it, and this returns when everything is sent or the client has gone.
    pub(super) fn deliver(self, gzip: bool, read_meanwhile: bool, send: impl FnOnce(Self)) {
        let (write, is_long): (WriteBody, _) = match self.body {
            Body::Live(_) => return send(self),
            Body::Made(_) if !gzip => return send(self),
            Body::Made(Made::Whole(body)) => (Box::new(move |out| out.write_all(&body)), false),
            Body::Made(_) => return send(self),
            Body::Written(write) => (write, true),
        };
        let sender = move |made| {
            send(match made {
                Made::Nothing => Problem::internal("the endpoint panicked").into(),
                made => Self {
                    body: Body::Made(made),
                    gzipped: gzip,
                    ..self
                },
            });
        };
        let mut pieces = Pieces::new(PATIENCE, sender);
        if !is_long || !read_meanwhile {
            pieces = pieces.at_once();
        }
        let written = catch_unwind(AssertUnwindSafe(|| match gzip {
            true => compress(write, &mut pieces),
            false => write(&mut pieces),
        }));
        pieces.end(matches!(written, Ok(Ok(()))));
    }

    /// The response. `is_head` leaves the body out and says how long it would have been, if that is known.
    pub(super) fn into_response(self, is_head: bool) -> Response<Content> {
        let (length, body) = match self.body {
            Body::Made(Made::Whole(body)) => {
                let length = body.len();
                let body = if is_head { Vec::new() } else { body };
                (Some(length), Content::Whole(Full::from(body)))
            }
            Body::Made(Made::Long(stream)) => (None, Content::Stream(stream)),
            Body::Live(_) if is_head => (None, Content::Whole(Full::default())),
            Body::Live(events) => (None, Content::Live(events)),
            Body::Made(Made::Nothing) | Body::Written(_) => (None, Content::Whole(Full::default())),
        };
        let mut response = Response::new(body);
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
        if let Some(length) = length {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        headers.extend(self.header);
        response
    }
}

/// Writes compressed. The fastest level: a scrape is mostly repetition.
fn compress(write: WriteBody, out: &mut dyn Write) -> io::Result<()> {
    let mut encoder = GzEncoder::new(out, Compression::fast());
    write(&mut encoder)?;
    encoder.finish().map(drop)
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(made) => made.fmt(f),
            Self::Live(events) => events.fmt(f),
            Self::Written(_) => f.write_str("Written"),
        }
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
