//! From the request to the head of the response.

use std::any::type_name;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::http::Response;
use pin_project_lite::pin_project;

use super::body::ObservedBody;
use super::observation::Observation;

pin_project! {
    /// The future of [`ServerService`](super::ServerService). Dropped before it is done, the
    /// request ends as `cancelled`.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F> {
        #[pin]
        future: Option<F>,
        observation: Option<Observation>,
    }

    impl<F> PinnedDrop for ResponseFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(mut observation) = this.observation.take() {
                // What the handler's own values do when they are dropped belongs to the request.
                observation.cleanup(|| this.future.set(None));
            }
        }
    }
}

impl<F> ResponseFuture<F> {
    pub(super) fn new(future: F, observation: Option<Observation>) -> Self {
        Self {
            future: Some(future),
            observation,
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: http_body::Body,
{
    type Output = Result<Response<ObservedBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            // As after completion of any future: there is nothing left to do.
            return Poll::Pending;
        };
        let Some(observation) = this.observation.as_mut() else {
            return future
                .poll(cx)
                .map_ok(|response| response.map(ObservedBody::plain));
        };
        let result = ready!(observation.inside(|| future.poll(cx)));
        observation.inside(|| this.future.set(None));
        let observation = this.observation.take();
        Poll::Ready(match result {
            Ok(response) => Ok(answer(response, observation)),
            Err(error) => {
                if let Some(observation) = observation {
                    observation.fail(type_name::<E>());
                }
                Err(error)
            }
        })
    }
}

fn answer<B: http_body::Body>(
    mut response: Response<B>,
    observation: Option<Observation>,
) -> Response<ObservedBody<B>> {
    let Some(mut observation) = observation else {
        return response.map(ObservedBody::plain);
    };
    observation.answered(&mut response);
    let expected = observation.body_bytes(&response);
    response.map(|body| ObservedBody::new(body, observation, expected))
}
