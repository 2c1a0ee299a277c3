//! Metrics that are pushed: Prometheus Pushgateway and remote write, Graphite, `InfluxDB`.
//!
//! Each of them is an [encoder](super::interval::Encode), which makes items of what the metrics say, and a
//! [sink](super::delivery::Sink), which sends them.

mod graphite;
mod influx;
mod labels;
mod pushgateway;
mod remote_write;
mod reply;
mod samples;

use std::io;
use std::time::Duration;

use obs_schema::monitoring::MetricsExporter;

use super::ExportError;
use super::delivery::{Answer, Dispatch, Limits};
use super::interval::Outlet;
use crate::config::Config;

/// Everything arrived.
const TAKEN: Answer = Answer::Taken {
    rejected: 0,
    why: String::new(),
};

/// Opens the way of every exporter that the configuration wants.
///
/// # Errors
///
/// If a variable of an exporter makes no sense or is missing, or what it names cannot be read.
pub(super) fn open(
    config: &Config,
    dispatch: &Dispatch,
    outlets: &mut Vec<Outlet>,
) -> Result<(), ExportError> {
    for exporter in config.monitoring.metrics.exporters {
        outlets.push(match exporter {
            MetricsExporter::Pushgateway => pushgateway::open(config, dispatch)?,
            MetricsExporter::RemoteWrite => remote_write::open(config, dispatch)?,
            MetricsExporter::Graphite => graphite::open(config, dispatch)?,
            MetricsExporter::Influx => influx::open(config, dispatch)?,
            MetricsExporter::Http | MetricsExporter::Otlp => continue,
        });
    }
    Ok(())
}

/// The limits of a sink whose samples carry their time, and are worth something later too.
fn timed(batch_items: usize) -> Limits {
    Limits {
        queue_items: 1_000_000,
        queue_bytes: 64 * 1024 * 1024,
        batch_items,
        // A reading is whole when it comes.
        delay: Duration::ZERO,
        ..Limits::default()
    }
}

/// A connection that does not work now is worth another attempt.
fn later(error: &io::Error) -> Answer {
    Answer::Later {
        after: None,
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests;
