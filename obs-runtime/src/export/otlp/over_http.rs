//! OTLP over HTTP.
//!
//! Source: <https://opentelemetry.io/docs/specs/otlp/#otlphttp>

use http::StatusCode;

use super::reader::partial_success;
use super::resource::Frame;
use super::settings::Signal;
use crate::export::client::{Client, Reply};
use crate::export::delivery::{Answer, Batch, Sink};

/// The way of one signal.
#[derive(Debug)]
pub(super) struct OverHttp {
    pub(super) signal: Signal,
    pub(super) client: Client,
    pub(super) frame: Frame,
}

impl Sink for OverHttp {
    fn name(&self) -> &'static str {
        self.signal.sink()
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        let request = self.frame.around(batch.bytes());
        match self.client.post(request, "application/x-protobuf").await {
            Ok(reply) => judge(&reply),
            Err(answer) => answer,
        }
    }
}

fn judge(reply: &Reply) -> Answer {
    let again = |status| {
        matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        )
    };
    if let Some(failure) = reply.failure(again) {
        return failure;
    }
    let partial = partial_success(&reply.body);
    Answer::Taken {
        rejected: usize::try_from(partial.rejected).unwrap_or(usize::MAX),
        why: partial.message,
    }
}
