//! From settings to a sink that runs.

use std::sync::Arc;

use super::over_http::OverHttp;
use super::resource::Frame;
use super::settings::{Mistake, Protocol, Settings, Signal};
use super::spans::Spans;
use crate::config::{Config, Service};
use crate::export::ExportError;
use crate::export::client::Client;
use crate::export::delivery::{Batch, Dispatch, Limits, Queue};
use crate::export::tls::Tls;
use crate::trace::collector::packed::Packed;
use crate::trace::collector::{self, Taker};

/// Begins to send kept traces to where the settings say.
pub(crate) fn start_traces(
    config: &Config,
    settings: &Settings,
    dispatch: &Dispatch,
) -> Result<(), ExportError> {
    let sink = sink(Signal::Traces, &config.service, settings)?;
    let limits = Limits {
        timeout: settings.timeout,
        ..Limits::default()
    };
    collector::set_taker(Some(Box::new(Traces {
        spans: Spans::default(),
        batch: Batch::default(),
        queue: dispatch.open(sink, limits),
    })));
    Ok(())
}

/// The way of a signal to its receiver.
pub(super) fn sink(
    signal: Signal,
    service: &Service,
    settings: &Settings,
) -> Result<OverHttp, ExportError> {
    let word = match settings.protocol {
        Protocol::HttpProtobuf => None,
        Protocol::HttpJson => Some("http/json"),
        Protocol::Grpc => Some("grpc"),
    };
    if let Some(word) = word {
        let message = format!("this version does not speak `{word}` yet; write `http/protobuf`");
        return Err(ExportError::variable(
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            &message,
        ));
    }
    Ok(OverHttp {
        signal,
        client: client(settings)?,
        frame: Frame::new(service),
    })
}

fn client(settings: &Settings) -> Result<Client, ExportError> {
    let tls = Tls {
        is_used: settings.endpoint.scheme_str() == Some("https"),
        certificate: settings.certificate.as_deref(),
        identity: settings.identity.as_ref(),
    };
    Ok(Client::new(
        settings.endpoint.clone(),
        settings.headers.clone(),
        settings.gzip,
        tls.config()?,
    ))
}

/// Encodes kept traces on the collector's thread.
struct Traces {
    spans: Spans,
    /// Kept for its memory.
    batch: Batch,
    queue: Arc<Queue>,
}

impl Taker for Traces {
    fn take(&mut self, packed: &Packed) {
        self.batch.clear();
        self.spans.encode(packed, &mut self.batch);
        self.queue.push_all(&self.batch);
    }
}

impl From<Mistake> for ExportError {
    fn from(mistake: Mistake) -> Self {
        Self::variable(&mistake.variable, &mistake.message)
    }
}
