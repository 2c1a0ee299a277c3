//! An exporter of spans with short pauses, for tests against receivers.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::Span;

use crate::config::Layers;
use crate::export::delivery::{Batch, Books, Dispatch, Limits, Queue, Retry};
use crate::export::otlp::resource::Frame;
use crate::export::otlp::sender::Sender;
use crate::export::otlp::settings::{Settings, Signal};
use crate::export::otlp::start::sender;

/// For how long a test waits at most.
pub(super) const SOON: Duration = Duration::from_secs(20);

/// The way of a signal, with these variables.
pub(in crate::export) fn sender_of(signal: Signal, variables: &[(&'static str, String)]) -> Sender {
    sender_through(signal, variables, "")
}

/// The same through a proxy.
pub(in crate::export) fn sender_through(
    signal: Signal,
    variables: &[(&'static str, String)],
    proxy: &str,
) -> Sender {
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, &*value.clone().leak()))
        .collect();
    let settings = Settings::read(signal, &variables).unwrap();
    let service = Layers::default().load().unwrap().service;
    sender(signal, Frame::new(&service), &settings, proxy).unwrap()
}

/// Spans of these names.
pub(in crate::export) fn spans_called(names: &[&str]) -> Batch {
    let mut batch = Batch::default();
    for name in names {
        let span = Span {
            name: (*name).to_owned(),
            ..Span::default()
        };
        // The field `spans` of a scope.
        batch.write(|out| prost::encoding::message::encode(2, &span, out));
    }
    batch
}

/// An exporter with short pauses.
pub(super) struct Exporter {
    pub(super) dispatch: Dispatch,
    pub(super) queue: Arc<Queue>,
}

impl Exporter {
    pub(super) fn to(address: impl std::fmt::Display) -> Self {
        Self::with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}"))])
    }

    pub(super) fn with(variables: &[(&'static str, String)]) -> Self {
        let dispatch = Dispatch::start().unwrap();
        let limits = Limits {
            batch_items: 4,
            delay: Duration::from_millis(10),
            timeout: Duration::from_secs(1),
            retry: Retry {
                first: Duration::from_millis(20),
                longest: Duration::from_millis(200),
                within: Duration::from_secs(60),
            },
            ..Limits::default()
        };
        let queue = dispatch.open(sender_of(Signal::Traces, variables), limits);
        Self { dispatch, queue }
    }

    pub(super) fn hand_over(&self, names: &[&str]) {
        self.queue.push_all(&spans_called(names));
    }

    /// Sends spans and returns the books when they are settled.
    pub(super) fn send(&self, names: &[&str]) -> Books {
        self.hand_over(names);
        assert!(self.dispatch.flush(SOON), "{:?}", self.queue.books());
        self.queue.books()
    }
}
