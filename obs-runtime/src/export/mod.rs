//! What leaves the process.

#![cfg_attr(
    not(any(feature = "otlp", feature = "push", feature = "elastic")),
    allow(dead_code, unused_imports, unused_mut, reason = "there is no exporter")
)]

mod body;
#[cfg_attr(
    not(feature = "otlp"),
    allow(dead_code, reason = "gRPC wants more of it than the others")
)]
pub(crate) mod client;
pub(crate) mod delivery;
#[cfg(feature = "elastic")]
mod elastic;
mod error;
mod gzip;
mod headers;
#[cfg_attr(
    not(any(feature = "otlp", feature = "push")),
    allow(dead_code, reason = "there are no metrics to read")
)]
mod interval;
#[cfg(feature = "otlp")]
mod otlp;
pub(crate) mod proxy;
#[cfg(feature = "push")]
mod push;
#[cfg(all(test, any(feature = "otlp", feature = "push", feature = "elastic")))]
#[allow(dead_code, reason = "not every exporter is tested with all manners")]
mod receiver;
#[cfg(all(feature = "log", any(feature = "otlp", feature = "elastic")))]
mod records;
#[cfg(any(feature = "push", feature = "elastic"))]
#[cfg_attr(
    not(feature = "push"),
    allow(dead_code, reason = "metrics need more of it")
)]
mod settings;
pub(crate) mod tls;
#[cfg_attr(
    not(feature = "otlp"),
    allow(dead_code, reason = "remote write has fewer kinds of fields")
)]
mod wire;

use std::path::Path;
use std::time::{Duration, Instant};

use obs_schema::monitoring::{Export, LogOutput, Monitoring};
#[cfg(feature = "otlp")]
use obs_schema::monitoring::{HistogramForm, Metrics, MetricsExporter};

use self::delivery::{Dispatch, SpoolSettings};
pub use self::error::ExportError;
use self::interval::{Interval, Outlet};
use crate::config::{Config, has_log_output, is_available};
#[cfg(feature = "log")]
use crate::log::ship;
use crate::metric::Registry;
#[cfg(feature = "otlp")]
use crate::metric::exponential;

/// Who wants what there is to send.
#[derive(Default)]
struct Feeds {
    /// What the metrics say.
    outlets: Vec<Outlet>,
    /// Records of the log.
    #[cfg(all(feature = "log", any(feature = "otlp", feature = "elastic")))]
    lanes: Vec<records::Lane>,
}

/// Everything that is sent. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Exports {
    dispatch: Dispatch,
    /// Reads the metrics for those who send them.
    interval: Option<Interval>,
}

impl Exports {
    /// Begins to send what the configuration says; `None` if that is nothing.
    ///
    /// # Errors
    ///
    /// If a variable of an exporter makes no sense, or what it names cannot be read.
    pub(crate) fn start(config: &Config) -> Result<Option<Self>, ExportError> {
        if !is_wanted(config) {
            return Ok(None);
        }
        // It ends again if one of the exporters cannot start.
        let mut exports = Self {
            dispatch: Dispatch::start().map_err(ExportError::thread)?,
            interval: None,
        };
        exports.set_spool(config)?;
        let mut feeds = Feeds::default();
        #[cfg(feature = "otlp")]
        otlp::begin(config, &exports.dispatch, &mut feeds)?;
        #[cfg(feature = "push")]
        push::open(config, &exports.dispatch, &mut feeds.outlets)?;
        #[cfg(feature = "elastic")]
        elastic::open(config, &exports.dispatch, &mut feeds.lanes)?;
        #[cfg(all(feature = "log", any(feature = "otlp", feature = "elastic")))]
        ship::set(records::begin(feeds.lanes, &exports.dispatch));
        exports.read_metrics(config, feeds.outlets);
        Ok(Some(exports))
    }

    /// Keeps what is not delivered on disk, if that is wanted.
    fn set_spool(&mut self, config: &Config) -> Result<(), ExportError> {
        let Export {
            spool, spool_size, ..
        } = config.monitoring.export;
        if spool.is_empty() {
            return Ok(());
        }
        let settings = SpoolSettings {
            directory: spool.into(),
            service: config.service.name.to_owned(),
            max_bytes: spool_size,
        };
        let spooling = self.dispatch.spool_to(settings);
        spooling.map_err(|error| {
            let origin = config.origin("export.spool").to_string();
            let error = ExportError::file(Path::new(spool), error);
            error.of("`export.spool`").of(&origin)
        })
    }

    /// Begins to read the metrics for those who send them.
    fn read_metrics(&mut self, config: &Config, outlets: Vec<Outlet>) {
        if !outlets.is_empty() {
            let every = config.monitoring.metrics.interval;
            let source = || Registry::global().snapshot_to_export();
            self.interval = Some(Interval::start(every, source, outlets, &self.dispatch));
        }
    }

    /// Waits until everything that has come in by now, and what the metrics say now, has arrived or is lost, at
    /// most for `limit`. Says whether it is.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let is_read = self.interval.as_ref().is_none_or(|i| i.read(limit));
        self.dispatch.flush(remaining(deadline)) && is_read
    }

    /// Delivers what it can within `limit`, what the metrics say at the end included, and gives the rest up.
    pub(crate) fn finish(self, limit: Duration) {
        let deadline = Instant::now() + limit;
        end_feeds();
        if let Some(interval) = &self.interval {
            // A collector that hangs must not take the time of what waits.
            interval.finish(limit / 2);
        }
        self.dispatch.finish(remaining(deadline));
    }
}

impl Drop for Exports {
    fn drop(&mut self) {
        end_feeds();
    }
}

/// Makes ready what has to be before anything is counted.
#[cfg(feature = "otlp")]
pub(crate) fn prepare(metrics: &Metrics) {
    let is_sent = metrics.exporters.contains(&MetricsExporter::Otlp);
    if is_sent && metrics.histograms == HistogramForm::Exponential {
        exponential::want();
    }
}

/// Nothing more is taken in of what comes by itself.
fn end_feeds() {
    #[cfg(feature = "otlp")]
    otlp::end();
    #[cfg(feature = "log")]
    ship::set(None);
}

/// Whether anything is to be sent.
fn is_wanted(config: &Config) -> bool {
    #[cfg(feature = "otlp")]
    if otlp::is_wanted(&config.monitoring) {
        return true;
    }
    let Monitoring {
        metrics, logging, ..
    } = &config.monitoring;
    if has_log_output(LogOutput::Elastic) && logging.outputs.contains(&LogOutput::Elastic) {
        return true;
    }
    let mut exporters = metrics.exporters.iter();
    exporters.any(|exporter| exporter.is_push() && is_available(*exporter))
}

fn remaining(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

#[cfg(all(test, feature = "otlp", feature = "elastic"))]
mod tests;
