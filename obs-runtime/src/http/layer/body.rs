//! From the head of the response to the end of its body.

use std::any::type_name;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::http_body::{Body, Frame, SizeHint};
use hyper::body::Buf;
use pin_project_lite::pin_project;

use super::observation::Observation;

pin_project! {
    /// The body of an observed response. The request ends when the body does: what is streamed
    /// belongs to it. Dropped before its end, the request ends as `cancelled`.
    #[derive(Debug)]
    pub struct ObservedBody<B> {
        #[pin]
        body: Option<B>,
        observation: Option<Observation>,
        sent: u64,
        // Bytes after which the server asks for no more, if that is known.
        expected: Option<u64>,
    }

    impl<B> PinnedDrop for ObservedBody<B> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let Some(mut observation) = this.observation.take() else { return };
            observation.cleanup(|| this.body.set(None));
            // A server that knows the length does not look for the end.
            if this.expected.is_some_and(|expected| *this.sent >= expected) {
                observation.finish();
            }
        }
    }
}

impl<B: Body> ObservedBody<B> {
    pub(super) fn plain(body: B) -> Self {
        Self {
            body: Some(body),
            observation: None,
            sent: 0,
            expected: None,
        }
    }

    /// A body that ends `observation`, at once if it has nothing to send.
    pub(super) fn new(body: B, observation: Observation, expected: Option<u64>) -> Self {
        let observation = if body.is_end_stream() || expected == Some(0) {
            observation.finish();
            None
        } else {
            Some(observation)
        };
        Self {
            body: Some(body),
            observation,
            sent: 0,
            expected,
        }
    }
}

impl<B: Body> Body for ObservedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let Some(mut body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let Some(observation) = this.observation.as_mut() else {
            return body.poll_frame(cx);
        };
        let frame = ready!(observation.inside(|| body.as_mut().poll_frame(cx)));
        let bytes = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(0, Buf::remaining),
            _ => 0,
        };
        *this.sent = this.sent.saturating_add(bytes as u64);
        let last = !matches!(frame, Some(Ok(_))) || body.is_end_stream();
        if let Some(observation) = this.observation.take_if(|_| last) {
            match &frame {
                Some(Err(_)) => observation.fail(type_name::<B::Error>()),
                _ => observation.finish(),
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}
