//! Events as they happen, for clients that ask for `text/event-stream`.
//!
//! What a client has not read waits in its [`Subscription`], which is bounded: a client that does not read is cut
//! off, and so is everybody when the listener stops. A client that comes back names the last event that it had.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use ::http::header::RETRY_AFTER;
use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Frame;
use hyper::body::Bytes;

use super::pages::breakers;
use super::problem::Problem;
use crate::breaker::{self, Event, Subscription};

pub(super) const EVENT_STREAM: &str = "text/event-stream";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Clients that can listen at the same time.
const MAX_LISTENING: usize = 16;

static LISTENING: AtomicUsize = AtomicUsize::new(0);

/// The listener stops.
pub(super) type Closing = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A body that goes on until somebody ends it.
pub(super) struct Live {
    /// Events from before, which the client has missed.
    missed: VecDeque<Arc<Event>>,
    events: Subscription,
    closing: Option<Closing>,
    _place: Place,
}

/// One of [`MAX_LISTENING`].
struct Place;

impl Live {
    /// Events after the one that the headers name, or from now on; of all breakers or of `only` one.
    pub(super) fn new(headers: &HeaderMap, only: Option<&str>) -> Result<Self, Problem> {
        let place = Place::take()?;
        let last = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
        let last = last.and_then(|id| id.trim().parse().ok());
        // First, so that nothing is missed in between. What is in both comes twice, with its number.
        let events = only.map_or_else(breaker::subscribe, breaker::subscribe_to);
        let mut missed = last.map_or_else(Vec::new, breaker::events);
        missed.retain(|event| only.is_none_or(|only| event.breaker() == only));
        Ok(Self {
            missed: missed.into(),
            events,
            closing: None,
            _place: place,
        })
    }

    /// The same until the listener stops.
    pub(super) fn until(self, closing: Closing) -> Self {
        Self {
            closing: Some(closing),
            ..self
        }
    }

    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(closing) = &mut self.closing
            && closing.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(None);
        }
        if let Some(event) = self.missed.pop_front() {
            return Poll::Ready(Some(Ok(frame(&event))));
        }
        let event = std::task::ready!(self.events.poll(context));
        Poll::Ready(event.map(|event| Ok(frame(&event))))
    }
}

fn frame(event: &Event) -> Frame<Bytes> {
    // JSON on one line has no line break that would end the field.
    let data = breakers::event(event);
    let text = format!(
        "id: {}\nevent: {}\ndata: {data}\n\n",
        event.sequence,
        event.kind.as_str()
    );
    Frame::data(Bytes::from(text))
}

impl Place {
    fn take() -> Result<Self, Problem> {
        let taken = LISTENING.fetch_update(Relaxed, Relaxed, |listening| {
            (listening < MAX_LISTENING).then_some(listening + 1)
        });
        taken.map(|_| Self).map_err(|_| {
            let message = format!("{MAX_LISTENING} clients are listening already; ask again later");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message)
                .with_header(RETRY_AFTER, HeaderValue::from_static("10"))
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        LISTENING.fetch_sub(1, Relaxed);
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}
