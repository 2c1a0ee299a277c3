//! Metrics: what is collected, where it goes, how it is named.

use core::time::Duration;

use super::{check_url_path, duplicate};
use crate::choice::choice;
use crate::issue::{Finding, Findings, Issue};
use crate::name::{check_operation_label, check_prefix, name_finding};
use crate::text::Message;

choice! {
    /// A group of metrics that obs collects by itself.
    pub enum Collector {
        /// HTTP requests that pass the tower layer.
        Request = "request",
        /// This process: CPU, memory, files, threads.
        Process = "process",
        /// The host and the control group: CPU, memory, disk, load.
        System = "system",
        /// The async runtime: workers, tasks, queues.
        Runtime = "runtime",
    }
}

choice! {
    /// A way for metrics to leave the process.
    pub enum MetricsExporter {
        /// Scraped from the monitoring endpoints.
        Http = "http",
        /// Pushed to a Prometheus Pushgateway.
        Pushgateway = "pushgateway",
        /// Sent by Prometheus remote write.
        RemoteWrite = "remote_write",
        /// Sent to Graphite.
        Graphite = "graphite",
        /// Sent to InfluxDB.
        Influx = "influx",
        /// Sent by OTLP.
        Otlp = "otlp",
    }
}

choice! {
    /// In which form histograms are sent over OTLP.
    pub enum HistogramForm {
        /// In the buckets that were declared.
        Explicit = "explicit_bucket_histogram",
        /// In buckets whose bounds are powers of a base, which follows what was observed.
        Exponential = "base2_exponential_bucket_histogram",
    }
}

impl MetricsExporter {
    /// Whether the program sends by itself, at an interval.
    #[must_use]
    pub const fn is_push(self) -> bool {
        !matches!(self, Self::Http)
    }

    /// The feature of `obs-runtime` that brings this exporter.
    #[must_use]
    pub const fn feature(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Otlp => "otlp",
            Self::Pushgateway | Self::RemoteWrite | Self::Graphite | Self::Influx => "push",
        }
    }
}

/// How the service reports metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metrics {
    /// The groups of metrics that obs collects by itself.
    pub collectors: &'static [Collector],
    /// How often metrics are pushed, by exporters that do. 0 for never: only when scraped.
    pub interval: Duration,
    /// The ways out of the process.
    pub exporters: &'static [MetricsExporter],
    /// The path at which metrics are scraped.
    pub path: &'static str,
    /// What goes before every metric's name: empty, or ending in `_`.
    pub prefix: &'static str,
    /// In which form histograms are sent over OTLP.
    pub histograms: HistogramForm,
    /// Labels that are on every series besides `service`.
    pub labels: &'static [(&'static str, &'static str)],
}

impl Metrics {
    /// The shortest interval other than 0.
    pub const MIN_INTERVAL: Duration = Duration::from_millis(100);

    /// All collectors every 10 s, scraped at `/metrics`, names as they are.
    pub const DEFAULT: Self = Self {
        collectors: Collector::ALL,
        interval: Duration::from_secs(10),
        exporters: &[MetricsExporter::Http],
        path: "/metrics",
        prefix: "",
        histograms: HistogramForm::Explicit,
        labels: &[],
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        let mut findings = Findings::new()
            .and(duplicate!(self.collectors, "metrics.collectors"))
            .and(duplicate!(self.exporters, "metrics.exporters"))
            .and(self.push_without_interval())
            .and(self.short_interval())
            .and(check_url_path(self.path, "metrics.path"))
            .and(name_finding("metrics.prefix", check_prefix(self.prefix)));
        let mut i = 0;
        while i < self.labels.len() {
            findings = findings
                .and(name_finding(
                    "metrics.labels",
                    check_operation_label(self.labels[i].0),
                ))
                .and(self.repeated_label(i));
            i += 1;
        }
        findings
    }

    /// [`Metrics::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn push_without_interval(&self) -> Option<Finding> {
        let mut i = 0;
        while i < self.exporters.len() {
            if self.exporters[i].is_push() && self.interval.is_zero() {
                return Some(Finding::new(
                    "monitoring.contradiction",
                    "metrics.interval",
                    Message::new()
                        .str("`metrics.exporters` has ")
                        .name(self.exporters[i].as_str())
                        .str(" but `metrics.interval` is 0, so it never sends"),
                    "add `interval = \"10s\"`",
                ));
            }
            i += 1;
        }
        None
    }

    const fn short_interval(&self) -> Option<Finding> {
        if self.interval.is_zero() || self.interval.as_nanos() >= Self::MIN_INTERVAL.as_nanos() {
            return None;
        }
        Some(Finding::new(
            "duration.range",
            "metrics.interval",
            Message::new().str("`metrics.interval` must be 0 or at least `100ms`"),
            "write `interval = \"10s\"`",
        ))
    }

    const fn repeated_label(&self, at: usize) -> Option<Finding> {
        let mut i = 0;
        while i < at {
            if crate::ascii::eq(self.labels[i].0, self.labels[at].0) {
                return Some(Finding::new(
                    "monitoring.duplicate",
                    "metrics.labels",
                    Message::new()
                        .str("`metrics.labels` has ")
                        .name(self.labels[at].0)
                        .str(" twice"),
                    "remove one",
                ));
            }
            i += 1;
        }
        None
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::DEFAULT
    }
}
