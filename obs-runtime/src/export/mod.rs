//! What leaves the process.

mod client;
pub(crate) mod delivery;
mod error;
mod otlp;
mod tls;

use std::time::Duration;

use obs_schema::monitoring::TraceExporter;

use self::delivery::Dispatch;
pub use self::error::ExportError;
use self::otlp::settings::{Settings, Signal};
use crate::config::Config;
use crate::trace::collector;

/// Everything that is sent. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Exports {
    dispatch: Dispatch,
}

impl Exports {
    /// Begins to send what the configuration says; `None` if that is nothing.
    ///
    /// # Errors
    ///
    /// If a variable of an exporter makes no sense, or what it names cannot be read.
    pub(crate) fn start(config: &Config) -> Result<Option<Self>, ExportError> {
        let traces = match config.monitoring.tracing.exporter {
            TraceExporter::Otlp | TraceExporter::Jaeger if config.monitoring.tracing.enabled => {
                Settings::read(Signal::Traces, &config.otel.exporter)?
            }
            _ => return Ok(None),
        };
        let dispatch = Dispatch::start().map_err(ExportError::thread)?;
        otlp::start_traces(config, &traces, &dispatch)?;
        Ok(Some(Self { dispatch }))
    }

    /// Waits until everything that has come in by now has arrived or is lost, at most for `limit`. Says whether it is.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        self.dispatch.flush(limit)
    }

    /// Delivers what it can within `limit`, and gives the rest up.
    pub(crate) fn finish(self, limit: Duration) {
        collector::set_taker(None);
        self.dispatch.finish(limit);
    }
}

impl Drop for Exports {
    fn drop(&mut self) {
        collector::set_taker(None);
    }
}
