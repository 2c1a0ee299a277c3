//! Where options are written.

use super::{
    OptionDef, derive, event, health, http, operation, policy, resilience, service, tracing,
};

/// A place that takes options: an attribute on a kind of item, or a group inside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// `#[service(..)]` on a struct.
    Service,
    /// `monitoring(..)` in it.
    Monitoring,
    /// `logging(..)` in that.
    Logging,
    /// `metrics(..)` in that.
    Metrics,
    /// `tracing(..)` in that.
    Tracing,
    /// `profiling(..)` in that.
    Profiling,
    /// `health(..)` in that.
    Health,
    /// `analytics(..)` in that.
    Analytics,
    /// `http(..)` in that.
    Http,
    /// `export(..)` in that.
    Export,
    /// `#[service(..)]` on an `impl` block.
    ServiceImpl,
    /// `#[service(..)]` on a method of such a block.
    ServiceMethod,
    /// `#[trace_request(..)]`.
    TraceRequest,
    /// `#[monitor_performance(..)]`.
    MonitorPerformance,
    /// `#[timed(..)]`.
    Timed,
    /// `#[counted(..)]`.
    Counted,
    /// `#[track_db_query(..)]`.
    TrackDbQuery,
    /// `#[track_external_api(..)]`.
    TrackExternalApi,
    /// `#[retry(..)]`.
    Retry,
    /// `#[circuit_breaker(..)]`.
    CircuitBreaker,
    /// `#[rate_limit(..)]`.
    RateLimit,
    /// `#[bulkhead(..)]`.
    Bulkhead,
    /// `#[timeout(..)]`.
    Timeout,
    /// `#[debug_trace(..)]`.
    DebugTrace,
    /// `#[health_check(..)]`.
    HealthCheck,
    /// `#[metrics(..)]` on a struct with `#[derive(Metrics)]`.
    MetricsStruct,
    /// `#[metric(..)]` on a field of it.
    MetricField,
    /// `#[label(..)]` on an enum with `#[derive(Label)]`.
    LabelEnum,
    /// `#[label(..)]` on a variant of it.
    LabelVariant,
    /// `#[label(..)]` on a struct with `#[derive(Labels)]`.
    LabelsStruct,
    /// `#[label(..)]` on a field of it.
    LabelsField,
    /// `#[outcome(..)]` on an enum with `#[derive(Outcome)]`.
    OutcomeEnum,
    /// `#[outcome(..)]` on a struct with `#[derive(Outcome)]`.
    OutcomeStruct,
    /// `#[outcome(..)]` on a variant of an enum with `#[derive(Outcome)]`.
    OutcomeVariant,
    /// `#[event(..)]` on a struct with `#[derive(Event)]`.
    EventStruct,
    /// `#[event(..)]` on a field of it.
    EventField,
    /// `#[redact(..)]` on a type with `#[derive(Redact)]`.
    RedactType,
    /// `#[redact]` on a field of it.
    RedactField,
}

impl Target {
    /// Every place, in the order of the reference.
    pub const ALL: &'static [Self] = &[
        Self::Service,
        Self::Monitoring,
        Self::Logging,
        Self::Metrics,
        Self::Tracing,
        Self::Profiling,
        Self::Health,
        Self::Analytics,
        Self::Http,
        Self::Export,
        Self::ServiceImpl,
        Self::ServiceMethod,
        Self::TraceRequest,
        Self::MonitorPerformance,
        Self::Timed,
        Self::Counted,
        Self::TrackDbQuery,
        Self::TrackExternalApi,
        Self::Retry,
        Self::CircuitBreaker,
        Self::RateLimit,
        Self::Bulkhead,
        Self::Timeout,
        Self::DebugTrace,
        Self::HealthCheck,
        Self::MetricsStruct,
        Self::MetricField,
        Self::LabelEnum,
        Self::LabelVariant,
        Self::LabelsStruct,
        Self::LabelsField,
        Self::OutcomeEnum,
        Self::OutcomeStruct,
        Self::OutcomeVariant,
        Self::EventStruct,
        Self::EventField,
        Self::RedactType,
        Self::RedactField,
    ];

    /// The attribute or group as it is typed, without options: `#[timed]`, `logging(..)`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service | Self::ServiceImpl | Self::ServiceMethod => "#[service]",
            Self::Monitoring => "monitoring(..)",
            Self::Logging => "logging(..)",
            Self::Metrics => "metrics(..)",
            Self::Tracing => "tracing(..)",
            Self::Profiling => "profiling(..)",
            Self::Health => "health(..)",
            Self::Analytics => "analytics(..)",
            Self::Http => "http(..)",
            Self::Export => "export(..)",
            Self::TraceRequest => "#[trace_request]",
            Self::MonitorPerformance => "#[monitor_performance]",
            Self::Timed => "#[timed]",
            Self::Counted => "#[counted]",
            Self::TrackDbQuery => "#[track_db_query]",
            Self::TrackExternalApi => "#[track_external_api]",
            Self::Retry => "#[retry]",
            Self::CircuitBreaker => "#[circuit_breaker]",
            Self::RateLimit => "#[rate_limit]",
            Self::Bulkhead => "#[bulkhead]",
            Self::Timeout => "#[timeout]",
            Self::DebugTrace => "#[debug_trace]",
            Self::HealthCheck => "#[health_check]",
            Self::MetricsStruct => "#[metrics]",
            Self::MetricField => "#[metric]",
            Self::LabelEnum | Self::LabelVariant | Self::LabelsStruct | Self::LabelsField => {
                "#[label]"
            }
            Self::OutcomeEnum | Self::OutcomeStruct | Self::OutcomeVariant => "#[outcome]",
            Self::EventStruct | Self::EventField => "#[event]",
            Self::RedactType | Self::RedactField => "#[redact]",
        }
    }

    /// The kind of item, for people: "a struct"; empty where [`Target::as_str`] says it.
    #[must_use]
    pub const fn item(self) -> &'static str {
        match self {
            Self::Service => "a struct",
            Self::ServiceImpl => "an `impl` block",
            Self::ServiceMethod => "a method",
            Self::TraceRequest
            | Self::MonitorPerformance
            | Self::Timed
            | Self::Counted
            | Self::TrackDbQuery
            | Self::TrackExternalApi
            | Self::Retry
            | Self::CircuitBreaker
            | Self::RateLimit
            | Self::Bulkhead
            | Self::Timeout
            | Self::DebugTrace
            | Self::HealthCheck => "a function",
            Self::MetricsStruct => "a struct with `#[derive(Metrics)]`",
            Self::MetricField => "a field of a struct with `#[derive(Metrics)]`",
            Self::LabelEnum => "an enum with `#[derive(Label)]`",
            Self::LabelVariant => "a variant of an enum with `#[derive(Label)]`",
            Self::LabelsStruct => "a struct with `#[derive(Labels)]`",
            Self::LabelsField => "a field of a struct with `#[derive(Labels)]`",
            Self::OutcomeEnum => "an enum with `#[derive(Outcome)]`",
            Self::OutcomeStruct => "a struct with `#[derive(Outcome)]`",
            Self::OutcomeVariant => "a variant of an enum with `#[derive(Outcome)]`",
            Self::EventStruct => "a struct with `#[derive(Event)]`",
            Self::EventField => "a field of a struct with `#[derive(Event)]`",
            Self::RedactType => "a type with `#[derive(Redact)]`",
            Self::RedactField => "a field of a type with `#[derive(Redact)]`",
            Self::Monitoring
            | Self::Logging
            | Self::Metrics
            | Self::Tracing
            | Self::Profiling
            | Self::Health
            | Self::Analytics
            | Self::Http
            | Self::Export => "",
        }
    }

    pub(super) const fn table(self) -> &'static [OptionDef] {
        match self {
            Self::Service => service::SERVICE,
            Self::Monitoring => service::MONITORING,
            Self::Logging => service::LOGGING,
            Self::Metrics => service::METRICS,
            Self::Tracing => tracing::TRACING,
            Self::Profiling => service::PROFILING,
            Self::Health => service::HEALTH,
            Self::Analytics => service::ANALYTICS,
            Self::Http => http::HTTP,
            Self::Export => service::EXPORT,
            Self::ServiceImpl => service::IMPL,
            Self::ServiceMethod => service::METHOD,
            Self::TraceRequest => operation::TRACE_REQUEST,
            Self::MonitorPerformance => operation::MONITOR_PERFORMANCE,
            Self::Timed => operation::TIMED,
            Self::Counted => operation::COUNTED,
            Self::TrackDbQuery => operation::TRACK_DB_QUERY,
            Self::TrackExternalApi => operation::TRACK_EXTERNAL_API,
            Self::Retry => policy::RETRY,
            Self::CircuitBreaker => resilience::CIRCUIT_BREAKER,
            Self::RateLimit => policy::RATE_LIMIT,
            Self::Bulkhead => policy::BULKHEAD,
            Self::Timeout => policy::TIMEOUT,
            Self::DebugTrace => operation::DEBUG_TRACE,
            Self::HealthCheck => health::HEALTH_CHECK,
            Self::MetricsStruct => derive::METRICS_STRUCT,
            Self::MetricField => derive::METRIC_FIELD,
            Self::LabelEnum => derive::LABEL_ENUM,
            Self::LabelVariant => derive::LABEL_VARIANT,
            Self::LabelsStruct => derive::LABELS_STRUCT,
            Self::LabelsField => derive::LABELS_FIELD,
            Self::OutcomeEnum => derive::OUTCOME_ENUM,
            Self::OutcomeStruct => derive::OUTCOME_STRUCT,
            Self::OutcomeVariant => derive::OUTCOME_VARIANT,
            Self::EventStruct => event::EVENT_STRUCT,
            Self::EventField => event::EVENT_FIELD,
            Self::RedactType => derive::REDACT_TYPE,
            Self::RedactField => derive::REDACT_FIELD,
        }
    }
}
