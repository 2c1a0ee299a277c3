//! The configuration of a service's monitoring, as constants.
//!
//! `#[service(monitoring = MONITORING)]` names a `const` of type [`Monitoring`];
//! `#[service(monitoring(..))]` writes one. The configuration file and the
//! environment change it at start-up, and [`Monitoring::check`] is asked again.
//!
//! ```
//! use obs_schema::monitoring::{Level, Logging, Monitoring, Sampler, Tracing};
//! const MONITORING: Monitoring = Monitoring {
//!     logging: Logging { level: Level::Debug, ..Logging::DEFAULT },
//!     tracing: Tracing { sampler: Sampler::ratio(0.1), ..Tracing::DEFAULT },
//!     ..Monitoring::DEFAULT
//! };
//! const _: () = MONITORING.assert_valid();
//! assert!(MONITORING.check().is_empty());
//! ```
//!
//! A constant that contradicts itself does not compile:
//!
//! ```compile_fail,E0080
//! use obs_schema::monitoring::{Monitoring, TraceExporter, Tracing};
//! const MONITORING: Monitoring = Monitoring {
//!     tracing: Tracing { enabled: false, exporter: TraceExporter::Otlp, ..Tracing::DEFAULT },
//!     ..Monitoring::DEFAULT
//! };
//! // error: `tracing.exporter` is `otlp` but `tracing.enabled` is off; write `exporter = "none"` or turn tracing on
//! const _: () = MONITORING.assert_valid();
//! ```

mod address;
mod analytics;
mod export;
mod forward;
mod health;
mod http;
mod logging;
mod metrics;
mod profiling;
mod sampler;
mod tracing;

pub use analytics::Analytics;
pub use export::Export;
pub use health::Health;
pub use http::{Anonymous, ClientAccess, Http, SocketAccess, check_listen, check_url_path};
pub use logging::{
    FilterError, Level, LogFilter, LogFormat, LogOutput, Logging, Rotation, parse_log_filter,
    read_log_filter,
};
pub use metrics::{Collector, HistogramForm, Metrics, MetricsExporter};
pub use profiling::Profiling;
pub use sampler::{Sampler, SamplerError};
pub use tracing::{Propagator, TraceExporter, Tracing};

use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// How a service monitors itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Monitoring {
    /// The log.
    pub logging: Logging,
    /// Metrics: what is collected and where it goes.
    pub metrics: Metrics,
    /// Traces: what is kept and where it goes.
    pub tracing: Tracing,
    /// Profiles of operations.
    pub profiling: Profiling,
    /// Health checks.
    pub health: Health,
    /// What is kept of business events.
    pub analytics: Analytics,
    /// The listener of the monitoring endpoints.
    pub http: Http,
    /// What waits to be sent to other systems.
    pub export: Export,
}

impl Monitoring {
    /// Everything by default: log at `info` on the console, metrics over HTTP on loopback, every trace kept in memory.
    pub const DEFAULT: Self = Self {
        logging: Logging::DEFAULT,
        metrics: Metrics::DEFAULT,
        tracing: Tracing::DEFAULT,
        profiling: Profiling::DEFAULT,
        health: Health::DEFAULT,
        analytics: Analytics::DEFAULT,
        http: Http::DEFAULT,
        export: Export::DEFAULT,
    };

    /// Every mistake: values out of range and settings that contradict each other.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and_all(&self.logging.findings())
            .and_all(&self.metrics.findings())
            .and_all(&self.tracing.findings())
            .and_all(&self.profiling.findings())
            .and_all(&self.health.findings())
            .and_all(&self.analytics.findings())
            .and_all(&self.http.findings())
            .and_all(&self.export.findings())
            .and(self.correlation_without_traces())
            .and(self.clashing_paths())
    }

    /// [`Monitoring::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    /// Fails the build when the constant contradicts itself.
    ///
    /// # Panics
    /// With every message of [`Monitoring::check`]. Meant for `const _: () = MONITORING.assert_valid();`.
    #[track_caller]
    pub const fn assert_valid(&self) {
        self.findings().assert_none();
    }

    /// Whether log lines carry the ids of the current trace.
    #[must_use]
    pub const fn correlates(&self) -> bool {
        match self.logging.correlation {
            Some(correlation) => correlation,
            None => self.tracing.enabled,
        }
    }

    const fn correlation_without_traces(&self) -> Option<Finding> {
        if !matches!(self.logging.correlation, Some(true)) || self.tracing.enabled {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "logging.correlation",
            Message::new().str("`logging.correlation` is on but `tracing.enabled` is off, so there is no id to log"),
            "turn tracing on or leave `correlation` out",
        ))
    }

    const fn clashing_paths(&self) -> Option<Finding> {
        if !http::is_route(self.metrics.path, self.http.prefix) {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "metrics.path",
            Message::new()
                .str("`metrics.path` ")
                .name(self.metrics.path)
                .str(" is already the path of another endpoint"),
            "write `path = \"/metrics\"`",
        ))
    }
}

impl Default for Monitoring {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A finding when a list of choices names one of them twice. A macro, because a generic
/// `const fn` cannot compare.
macro_rules! duplicate {
    ($list:expr, $path:literal) => {{
        let list = $list;
        let mut found = None;
        let mut i = 0;
        while i < list.len() {
            let mut j = 0;
            while j < i {
                if list[i] as u8 == list[j] as u8 {
                    found = Some($crate::issue::Finding::new(
                        "monitoring.duplicate",
                        $path,
                        $crate::text::Message::new()
                            .str(concat!("`", $path, "` names "))
                            .name(list[i].as_str())
                            .str(" twice"),
                        "remove one",
                    ));
                }
                j += 1;
            }
            i += 1;
        }
        found
    }};
}
pub(crate) use duplicate;

#[cfg(test)]
mod tests;
