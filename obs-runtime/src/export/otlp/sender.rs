//! The way of one signal to its receiver, in whichever form it is sent.
//!
//! Source: <https://opentelemetry.io/docs/specs/otlp/>

use std::sync::Arc;

use super::reader::{Partial, partial_success};
use super::resource::Frame;
use super::settings::{Protocol, Signal};
use super::{grpc, json, messages, metrics};
use crate::export::client::{Client, is_away};
use crate::export::delivery::{Answer, Batch, Sink};

/// See the module.
#[derive(Debug)]
pub(in crate::export) struct Sender {
    pub(super) signal: Signal,
    pub(super) protocol: Protocol,
    pub(super) client: Client,
    /// Whether calls of gRPC are compressed; HTTP has that in the client.
    pub(super) gzip: bool,
    pub(super) frame: Frame,
    /// Whether the last request was given up before there was an answer.
    pub(super) is_waiting: bool,
}

impl Sink for Sender {
    fn name(&self) -> &'static str {
        self.signal.sink()
    }

    /// The resource: a later process is another instance.
    fn origin(&self) -> Option<Arc<[u8]>> {
        Some(self.frame.resource().into())
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        // All calls of gRPC share a connection, and one that is dead would swallow them all.
        if std::mem::replace(&mut self.is_waiting, true) && self.protocol == Protocol::Grpc {
            self.client.reconnect();
        }
        let answer = match self.protocol {
            Protocol::Grpc => {
                let write = |out: &mut Vec<u8>| self.write(out, batch);
                grpc::call(&self.client, self.gzip, write).await
            }
            Protocol::HttpProtobuf => {
                let mut request = self.client.memory();
                self.write(&mut request, batch);
                let kind = "application/x-protobuf";
                self.post(request, kind, partial_success).await
            }
            Protocol::HttpJson => {
                let mut request = Vec::new();
                self.write(&mut request, batch);
                let mut text = self.client.memory();
                json::write(&mut text, messages::request(self.signal), &request);
                let kind = "application/json";
                self.post(text, kind, json::partial_success).await
            }
        };
        self.is_waiting = false;
        answer
    }
}

impl Sender {
    /// Appends the request for a batch.
    fn write(&self, out: &mut Vec<u8>, batch: &Batch) {
        match self.signal {
            Signal::Metrics => self
                .frame
                .around(out, &metrics::join(batch), batch.origin()),
            Signal::Traces | Signal::Logs => self.frame.around(out, batch.bytes(), batch.origin()),
        }
    }

    async fn post(
        &self,
        request: Vec<u8>,
        kind: &'static str,
        read: impl Fn(&[u8]) -> Partial,
    ) -> Answer {
        let reply = match self.client.post(request, kind).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        let failure = reply.failure(is_away);
        failure.unwrap_or_else(|| read(&reply.body).into())
    }
}

/// Characters of a receiver's own words that are repeated.
const MAX_WORDS: usize = 200;

impl From<Partial> for Answer {
    fn from(partial: Partial) -> Self {
        let harmless = |c: char| if c.is_control() { ' ' } else { c };
        Self::Taken {
            rejected: usize::try_from(partial.rejected).unwrap_or(usize::MAX),
            why: partial
                .message
                .chars()
                .take(MAX_WORDS)
                .map(harmless)
                .collect(),
        }
    }
}
