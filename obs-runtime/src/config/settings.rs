//! The settings, and which field each key stands for.

use std::time::Duration;

use obs_schema::monitoring::{
    Anonymous, ClientAccess, Collector, HistogramForm, LogFormat, LogOutput, Logging,
    MetricsExporter, Monitoring, Propagator, Rotation, Sampler, SocketAccess, TraceExporter,
};

/// Who the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// `service.name`, and the label `service` of every series.
    pub name: &'static str,
    /// `service.version`, or empty.
    pub version: &'static str,
    /// `service.namespace`, or empty.
    pub namespace: &'static str,
    /// `deployment.environment.name`, or empty.
    pub environment: &'static str,
    /// Further attributes of the resource, each name once.
    pub attributes: &'static [(&'static str, &'static str)],
    /// Whether everything but the annotated functions themselves is off.
    pub disabled: bool,
}

impl Service {
    pub(super) const UNNAMED: Self = Self {
        name: "",
        version: "",
        namespace: "",
        environment: "",
        attributes: &[],
        disabled: false,
    };

    /// The attributes of the resource by their OpenTelemetry names, empty ones left out.
    ///
    /// ```
    /// use obs_runtime::config::Layers;
    /// let variables = [("OTEL_RESOURCE_ATTRIBUTES", "service.version=2.1,cloud.region=eu")];
    /// let config = Layers::default().variables(variables).load().unwrap();
    /// assert!(config.service.resource().any(|pair| pair == ("service.version", "2.1")));
    /// assert!(config.service.resource().any(|pair| pair == ("cloud.region", "eu")));
    /// ```
    pub fn resource(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        RESOURCE
            .iter()
            .map(|(attribute, _)| *attribute)
            .zip([self.name, self.version, self.namespace, self.environment])
            .chain(self.attributes.iter().copied())
            .filter(|(_, value)| !value.is_empty())
    }
}

/// Attributes of the resource that have a key of their own.
pub(super) const RESOURCE: [(&str, &str); 4] = [
    ("service.name", "service.name"),
    ("service.version", "service.version"),
    ("service.namespace", "service.namespace"),
    ("deployment.environment.name", "service.environment"),
];

/// What every key together says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) service: Service,
    pub(super) monitoring: Monitoring,
}

impl Settings {
    pub(super) const DEFAULT: Self = Self {
        service: Service::UNNAMED,
        monitoring: Monitoring::DEFAULT,
    };

    /// The field of a key of the option table. `None` for a key that is not in it.
    pub(super) fn slot(&mut self, key: &str) -> Option<Slot<'_>> {
        let Self {
            service,
            monitoring: m,
        } = self;
        Some(match key {
            "service.name" => Slot::Text(&mut service.name),
            "service.version" => Slot::Text(&mut service.version),
            "service.namespace" => Slot::Text(&mut service.namespace),
            "service.environment" => Slot::Text(&mut service.environment),
            "service.attributes" => Slot::Pairs(&mut service.attributes),
            "service.disabled" => Slot::Bool(&mut service.disabled),
            "logging.level" => Slot::Filter(&mut m.logging),
            "logging.format" => Slot::LogFormat(&mut m.logging.format),
            "logging.outputs" => Slot::LogOutputs(&mut m.logging.outputs),
            "logging.file" => Slot::Text(&mut m.logging.file),
            "logging.rotation" => Slot::Rotation(&mut m.logging.rotation),
            "logging.max_file_size" => Slot::Bytes(&mut m.logging.max_file_size),
            "logging.max_files" => Slot::Count(&mut m.logging.max_files),
            "logging.max_age" => Slot::Duration(&mut m.logging.max_age),
            "logging.max_total_size" => Slot::Bytes(&mut m.logging.max_total_size),
            "logging.compress" => Slot::Bool(&mut m.logging.compress),
            "logging.correlation" => Slot::OptionalBool(&mut m.logging.correlation),
            "logging.redact" => Slot::Bool(&mut m.logging.redact),
            "logging.redact_keys" => Slot::Text(&mut m.logging.redact_keys),
            "logging.rate_limit" => Slot::OptionalCount(&mut m.logging.rate_limit),
            "metrics.collectors" => Slot::Collectors(&mut m.metrics.collectors),
            "metrics.interval" => Slot::Duration(&mut m.metrics.interval),
            "metrics.exporters" => Slot::MetricsExporters(&mut m.metrics.exporters),
            "metrics.path" => Slot::Text(&mut m.metrics.path),
            "metrics.prefix" => Slot::Text(&mut m.metrics.prefix),
            "metrics.histograms" => Slot::HistogramForm(&mut m.metrics.histograms),
            "metrics.labels" => Slot::Pairs(&mut m.metrics.labels),
            "tracing.enabled" => Slot::Bool(&mut m.tracing.enabled),
            "tracing.sampler" => Slot::Sampler(&mut m.tracing.sampler),
            "tracing.exporter" => Slot::TraceExporter(&mut m.tracing.exporter),
            "tracing.propagators" => Slot::Propagators(&mut m.tracing.propagators),
            "tracing.forward" => Slot::Pairs(&mut m.tracing.forward),
            "tracing.target_per_second" => Slot::OptionalCount(&mut m.tracing.target_per_second),
            "tracing.operations" => Slot::Ratios(&mut m.tracing.operations),
            "tracing.rate_limit" => Slot::OptionalCount(&mut m.tracing.rate_limit),
            "tracing.kept_per_second" => Slot::Count(&mut m.tracing.kept_per_second),
            "tracing.slow" => Slot::Duration(&mut m.tracing.slow),
            "tracing.store" => Slot::Bytes(&mut m.tracing.store),
            "tracing.max_age" => Slot::Duration(&mut m.tracing.max_age),
            "tracing.max_active" => Slot::Count(&mut m.tracing.max_active),
            "tracing.max_spans" => Slot::Count(&mut m.tracing.max_spans),
            "profiling.enabled" => Slot::Bool(&mut m.profiling.enabled),
            "profiling.sample" => Slot::Ratio(&mut m.profiling.sample),
            "health.enabled" => Slot::Bool(&mut m.health.enabled),
            "health.interval" => Slot::Duration(&mut m.health.interval),
            "health.timeout" => Slot::Duration(&mut m.health.timeout),
            "health.shutdown_delay" => Slot::Duration(&mut m.health.shutdown_delay),
            "analytics.enabled" => Slot::Bool(&mut m.analytics.enabled),
            "analytics.store" => Slot::Bytes(&mut m.analytics.store),
            "analytics.prices" => Slot::Pairs(&mut m.analytics.prices),
            "analytics.currency" => Slot::Text(&mut m.analytics.currency),
            "export.spool" => Slot::Text(&mut m.export.spool),
            "export.spool_size" => Slot::Bytes(&mut m.export.spool_size),
            "export.proxy" => Slot::Text(&mut m.export.proxy),
            "http.enabled" => Slot::Bool(&mut m.http.enabled),
            "http.listen" => Slot::Text(&mut m.http.listen),
            "http.probes_listen" => Slot::Text(&mut m.http.probes_listen),
            "http.socket" => Slot::SocketAccess(&mut m.http.socket),
            "http.prefix" => Slot::Text(&mut m.http.prefix),
            "http.hosts" => Slot::Text(&mut m.http.hosts),
            "http.anonymous" => Slot::Anonymous(&mut m.http.anonymous),
            "http.allow_unauthenticated" => Slot::Bool(&mut m.http.allow_unauthenticated),
            "http.allow_remote" => Slot::Bool(&mut m.http.allow_remote),
            "http.token_file" => Slot::Text(&mut m.http.token_file),
            "http.metrics_username" => Slot::Text(&mut m.http.metrics_username),
            "http.metrics_password_file" => Slot::Text(&mut m.http.metrics_password_file),
            "http.tls_certificate" => Slot::Text(&mut m.http.tls_certificate),
            "http.tls_key" => Slot::Text(&mut m.http.tls_key),
            "http.client_ca" => Slot::Text(&mut m.http.client_ca),
            "http.client_access" => Slot::ClientAccess(&mut m.http.client_access),
            "http.max_connections" => Slot::Count(&mut m.http.max_connections),
            "http.max_connections_per_address" => {
                Slot::Count(&mut m.http.max_connections_per_address)
            }
            _ => return None,
        })
    }
}

/// The field of a key, by the type that it has.
#[derive(Debug)]
pub(super) enum Slot<'a> {
    Bool(&'a mut bool),
    OptionalBool(&'a mut Option<bool>),
    Text(&'a mut &'static str),
    Pairs(&'a mut &'static [(&'static str, &'static str)]),
    Ratios(&'a mut &'static [(&'static str, f64)]),
    Duration(&'a mut Duration),
    Bytes(&'a mut u64),
    Count(&'a mut u32),
    OptionalCount(&'a mut Option<u32>),
    Ratio(&'a mut f64),
    Sampler(&'a mut Sampler),
    /// The level and its exceptions, which are one key.
    Filter(&'a mut Logging),
    LogFormat(&'a mut LogFormat),
    Rotation(&'a mut Rotation),
    LogOutputs(&'a mut &'static [LogOutput]),
    Collectors(&'a mut &'static [Collector]),
    Propagators(&'a mut &'static [Propagator]),
    MetricsExporters(&'a mut &'static [MetricsExporter]),
    TraceExporter(&'a mut TraceExporter),
    HistogramForm(&'a mut HistogramForm),
    SocketAccess(&'a mut SocketAccess),
    Anonymous(&'a mut Anonymous),
    ClientAccess(&'a mut ClientAccess),
}
