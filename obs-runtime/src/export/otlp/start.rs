//! From settings to a sink that runs.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use obs_schema::monitoring::{LogOutput, MetricsExporter, Monitoring, TraceExporter};

use super::grpc;
#[cfg(feature = "log")]
use super::logs::Logs;
use super::metrics::Metrics;
use super::resource::Frame;
use super::sender::Sender;
use super::settings::{Form, Mistake, Protocol, Settings, Signal};
use super::spans::Spans;
use crate::collect::process::ProcessStats;
use crate::config::Config;
use crate::export::client::{Client, Version, Way};
use crate::export::delivery::{Batch, Dispatch, Limits, Queue};
use crate::export::interval::Outlet;
use crate::export::proxy::Route;
#[cfg(feature = "log")]
use crate::export::records::Lane;
use crate::export::tls::Tls;
use crate::export::{ExportError, Feeds};
use crate::hot::clock;
use crate::trace::collector::packed::Packed;
use crate::trace::collector::{self, Taker};

/// What a server of gRPC takes at once, if nobody has told it otherwise, less what stands around the items.
pub(super) const GRPC_BATCH: usize = 4 * 1024 * 1024 - 64 * 1024;

/// Whether any signal is to be sent over OTLP.
pub(crate) fn is_wanted(monitoring: &Monitoring) -> bool {
    wanted(monitoring).next().is_some()
}

/// The signals that are to be sent over OTLP.
fn wanted(monitoring: &Monitoring) -> impl Iterator<Item = Signal> {
    let tracing = &monitoring.tracing;
    let is_otlp = matches!(
        tracing.exporter,
        TraceExporter::Otlp | TraceExporter::Jaeger
    );
    let traces = (tracing.enabled && is_otlp).then_some(Signal::Traces);
    let metrics = monitoring.metrics.exporters;
    let metrics = metrics
        .contains(&MetricsExporter::Otlp)
        .then_some(Signal::Metrics);
    let logs = cfg!(feature = "log") && monitoring.logging.outputs.contains(&LogOutput::Otlp);
    let logs = logs.then_some(Signal::Logs);
    traces.into_iter().chain(metrics).chain(logs)
}

/// Begins to send what the configuration says.
///
/// # Errors
///
/// If a variable makes no sense, or what it names cannot be read.
pub(crate) fn begin(
    config: &Config,
    dispatch: &Dispatch,
    feeds: &mut Feeds,
) -> Result<(), ExportError> {
    // One for all signals: an instance that is made up is the same in each.
    let frame = Frame::new(&config.service);
    for signal in wanted(&config.monitoring) {
        let settings = Settings::read(signal, &config.otel.exporter)?;
        let proxy = config.monitoring.export.proxy;
        let sender = sender(signal, frame.clone(), &settings, proxy)?;
        let queue = dispatch.open(sender, limits(signal, &settings));
        match signal {
            Signal::Traces => collector::set_taker(Some(Box::new(Traces {
                spans: Spans::default(),
                batch: Batch::default(),
                queue,
            }))),
            Signal::Metrics => {
                let form = Form::read(&config.otel.exporter)?;
                let histograms = config.monitoring.metrics.histograms;
                let metrics = Metrics::new(form, histograms, process_start());
                feeds.outlets.push(Outlet::new(metrics, queue));
            }
            Signal::Logs => {
                #[cfg(feature = "log")]
                feeds.lanes.push(Lane::new(Logs::default(), queue));
            }
        }
    }
    Ok(())
}

/// When the totals began, in nanoseconds since 1970: with the process, or now where the system does not say.
fn process_start() -> u64 {
    let started = ProcessStats::read().start_time;
    let since_1970 = started.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let nanos = since_1970.and_then(|time| u64::try_from(time.as_nanos()).ok());
    nanos.unwrap_or_else(clock::now_unix_nanos)
}

/// Takes nothing more in.
pub(crate) fn end() {
    collector::set_taker(None);
}

fn limits(signal: Signal, settings: &Settings) -> Limits {
    let usual = Limits::default();
    Limits {
        timeout: settings.timeout,
        batch_bytes: match settings.protocol {
            Protocol::Grpc => GRPC_BATCH,
            Protocol::HttpProtobuf | Protocol::HttpJson => usual.batch_bytes,
        },
        queue_items: match signal {
            // Points come all at once.
            Signal::Metrics => 1 << 20,
            Signal::Traces | Signal::Logs => usual.queue_items,
        },
        ..usual
    }
}

/// The way of a signal to its receiver, maybe through a proxy.
pub(super) fn sender(
    signal: Signal,
    frame: Frame,
    settings: &Settings,
    proxy: &str,
) -> Result<Sender, ExportError> {
    let tls = Tls {
        is_used: settings.endpoint.scheme_str() == Some("https"),
        certificate: settings.certificate.as_ref(),
        identity: settings.identity.as_ref(),
    };
    let address = settings.endpoint.clone();
    let version = match settings.protocol {
        Protocol::Grpc => Version::Two,
        Protocol::HttpProtobuf | Protocol::HttpJson => Version::One,
    };
    let way = Way {
        version,
        route: Route::to(&address, version, proxy)?,
        tls: tls.config()?,
    };
    let client = match version {
        Version::Two => {
            let (method, headers) = (grpc::method(signal, &address), grpc::headers(settings));
            Client::new(method, headers, false, way)
        }
        Version::One => Client::new(address, settings.headers.clone(), settings.gzip, way),
    };
    Ok(Sender {
        signal,
        protocol: settings.protocol,
        client,
        gzip: settings.gzip,
        frame,
        is_waiting: false,
    })
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
