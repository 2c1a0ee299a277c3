//! A request under way: its span, its context and what is counted of it.

use std::sync::Arc;

use ::http::header::CONTENT_LENGTH;
use ::http::{HeaderValue, Method, Request, Response, StatusCode};
use obs_schema::def::{CallOutcome, SpanKind};

use super::Options;
use super::head::{self, Head, X_REQUEST_ID};
use super::metrics::{self, Counting};
use super::trust::Trusted;
use crate::attribute::{AttributeRef, record_static};
use crate::callsite;
use crate::context::{self, RequestContext};
use crate::hot::clock;
use crate::span::{NamedSpan, TaskSpan};

/// Ends the request when dropped: as `cancelled`, unless it was said how.
#[derive(Debug)]
pub(super) struct Observation {
    request: Arc<RequestContext>,
    request_id: HeaderValue,
    span: Option<RequestSpan>,
    counting: Option<Counting>,
    start: u64,
    is_head: bool,
    /// The status of the response, once there is one.
    status: Option<StatusCode>,
    /// Whether code of the program runs. Still set afterwards if that code unwound: the drop may
    /// come later, from a place that has caught the panic.
    running: bool,
    ending: CallOutcome,
}

#[derive(Debug)]
struct RequestSpan {
    id: u64,
    task: TaskSpan,
}

impl Observation {
    /// Begins to observe a request.
    pub(super) fn begin<B>(options: &Options, request: &Request<B>) -> Self {
        let head = Head::read(options, request);
        let series = metrics::series(head.method, head.route);
        let (request_id, header) = head::request_id(request.headers());
        let caller = Trusted::read(options, request.headers());
        let context = RequestContext::new()
            .with_request_id(request_id)
            .with_baggage(caller.baggage())
            .with_caller(caller.handed_on());
        let context = Arc::new(context);
        let start = clock::ticks();
        let inside = context::enter_shared(Some(context.clone()));
        let span = RequestSpan::begin(options, &caller, &head, series.span_name(), request, start);
        drop(inside);
        Self {
            request: context,
            request_id: header,
            span,
            counting: series.begin(),
            start,
            is_head: request.method() == Method::HEAD,
            status: None,
            running: false,
            ending: CallOutcome::Cancelled,
        }
    }

    /// Runs code of the program as part of the request.
    pub(super) fn inside<R>(&mut self, run: impl FnOnce() -> R) -> R {
        self.running = true;
        let result = self.active(run);
        self.running = false;
        result
    }

    /// The same for the last code of the program, its drops: they decide nothing.
    pub(super) fn cleanup(&mut self, run: impl FnOnce()) {
        self.active(run);
    }

    fn active<R>(&mut self, run: impl FnOnce() -> R) -> R {
        let _request = context::enter_shared(Some(self.request.clone()));
        let _span = self.span.as_mut().map(|span| span.task.activate());
        run()
    }

    /// Takes note of the response's head and adds the request id to it.
    pub(super) fn answered<B>(&mut self, response: &mut Response<B>) {
        let status = response.status();
        self.status = Some(status);
        self.note(
            "http.response.status_code",
            AttributeRef::Int(i64::from(status.as_u16())),
        );
        if status.is_server_error() {
            self.note("error.type", AttributeRef::Str(status.as_str()));
        }
        response
            .headers_mut()
            .entry(X_REQUEST_ID)
            .or_insert_with(|| self.request_id.clone());
    }

    /// How many bytes of the body will be asked for, if that is certain.
    pub(super) fn body_bytes<B: http_body::Body>(&self, response: &Response<B>) -> Option<u64> {
        let status = response.status();
        let never_has_one = self.is_head
            || status.is_informational()
            || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if never_has_one {
            return Some(0);
        }
        let declared = response.headers().get(CONTENT_LENGTH);
        declared
            .and_then(|length| length.to_str().ok()?.parse().ok())
            .or_else(|| response.body().size_hint().exact())
    }

    /// Ends the request after its last byte.
    pub(super) fn finish(mut self) {
        self.ending = CallOutcome::Ok;
    }

    /// Ends the request because the service or the body failed.
    pub(super) fn fail(mut self, error_type: &'static str) {
        self.ending = CallOutcome::Error;
        self.note("error.type", AttributeRef::Str(error_type));
    }

    fn note(&mut self, key: &'static str, value: AttributeRef<'_>) {
        if let Some(span) = &mut self.span {
            let _active = span.task.activate();
            record_static(span.id, key, value);
        }
    }

    /// How the request ended, all things considered.
    fn outcome(&self) -> CallOutcome {
        if self.running {
            CallOutcome::Panic
        } else if self.status.is_some_and(|status| status.is_server_error()) {
            CallOutcome::Error
        } else {
            self.ending
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        let outcome = self.outcome();
        if outcome == CallOutcome::Panic {
            self.note("error.type", AttributeRef::Str("panic"));
        }
        let end = clock::ticks();
        let seconds = clock::to_seconds(end.saturating_sub(self.start));
        let status = self.status.or(match outcome {
            // Nothing was sent, and the server is to blame.
            CallOutcome::Panic | CallOutcome::Error => Some(StatusCode::INTERNAL_SERVER_ERROR),
            _ => None,
        });
        let counting = self.counting.take();
        let mark = counting.map_or(0, |counting| counting.end(status, seconds));
        if let Some(mut span) = self.span.take() {
            span.task.end(end, outcome, mark);
        }
    }
}

impl RequestSpan {
    fn begin<B>(
        options: &Options,
        caller: &Trusted,
        head: &Head<'_>,
        name: &str,
        request: &Request<B>,
        start: u64,
    ) -> Option<Self> {
        if !callsite::spans_on() {
            return None;
        }
        let span = NamedSpan::begin(name, SpanKind::Server, caller.origin(), start)?;
        let id = span.id();
        caller.link();
        head.describe(options, request, |key, value| record_static(id, key, value));
        Some(Self {
            id,
            task: span.suspend(),
        })
    }
}
