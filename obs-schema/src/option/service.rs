//! Options of `#[service]`, which are the keys of the configuration too.

use super::derive::SERIES_BUDGET;
use super::operation::CRATE;
use super::{OptionDef, Target, ValueKind};
use crate::monitoring::{
    Analytics, Collector, Export, HistogramForm, LogFormat, LogOutput, Logging, MetricsExporter,
    Rotation,
};
use crate::name::NameOf;
use core::time::Duration;

pub(super) const COUNT: ValueKind = ValueKind::Int {
    min: 1,
    max: u32::MAX as u64,
};

const NAME: OptionDef = OptionDef::new(
    "name",
    ValueKind::Name(NameOf::Service),
    "the package's name",
    "`service.name` of every signal, and the label `service`.",
)
.former(&["service", "service_name", "app"])
.env(&["OTEL_SERVICE_NAME"]);

const VERSION: OptionDef = OptionDef::new(
    "version",
    ValueKind::Text,
    "the package's version",
    "`service.version` of every signal.",
)
.former(&["service_version"]);

const NAMESPACE: OptionDef = OptionDef::new(
    "namespace",
    ValueKind::Text,
    "none",
    "`service.namespace`: a name for the services that belong together.",
)
.former(&["service_namespace", "group"]);

pub(super) const SERVICE: &[OptionDef] = &[
    NAME,
    VERSION,
    NAMESPACE,
    OptionDef::new(
        "monitoring",
        ValueKind::GroupOrConst(Target::Monitoring),
        "`Monitoring::DEFAULT`",
        "How the service monitors itself: options in parentheses, or the path of a `const` of type `Monitoring`.",
    )
    .former(&["config", "observability", "telemetry"]),
    SERIES_BUDGET,
    CRATE,
];

/// The keys of the section `service` of a configuration.
pub(super) const SERVICE_KEYS: &[OptionDef] = &[
    NAME,
    VERSION,
    NAMESPACE,
    OptionDef::new(
        "environment",
        ValueKind::Text,
        "none",
        "`deployment.environment.name`: where this instance runs, such as `production`.",
    )
    .former(&["env", "deployment_environment"]),
    OptionDef::new(
        "attributes",
        ValueKind::TextMap,
        "none",
        "Further attributes of the resource, such as `cloud.region`.",
    )
    .former(&["resource", "resource_attributes"])
    .env(&["OTEL_RESOURCE_ATTRIBUTES"]),
    OptionDef::new(
        "disabled",
        ValueKind::Bool,
        "`false`",
        "Turns telemetry off: no spans are recorded and nothing is sent. The endpoints, and the log on the console and in files, stay.",
    )
    .former(&["off"])
    .env(&["OTEL_SDK_DISABLED"]),
];

pub(super) const IMPL: &[OptionDef] = &[CRATE];

pub(super) const METHOD: &[OptionDef] = &[OptionDef::new(
    "skip",
    ValueKind::Flag,
    "off",
    "Leaves the method as it is.",
)
.former(&["ignore", "exclude"])];

const fn group(name: &'static str, target: Target, doc: &'static str) -> OptionDef {
    OptionDef::new(name, ValueKind::Group(target), "see below", doc)
}

pub(super) const MONITORING: &[OptionDef] = &[
    group("logging", Target::Logging, "The log.").former(&["log", "logs"]),
    group(
        "metrics",
        Target::Metrics,
        "What is collected, where it goes, how it is named.",
    )
    .former(&["metric"]),
    group(
        "tracing",
        Target::Tracing,
        "Which traces are kept and where they go.",
    )
    .former(&["trace", "traces"]),
    group("profiling", Target::Profiling, "Profiles of operations.")
        .former(&["profile", "profiler"]),
    group("health", Target::Health, "Health checks.").former(&["health_checks", "healthcheck"]),
    group(
        "analytics",
        Target::Analytics,
        "What is kept of business events.",
    )
    .former(&["events", "business", "business_events"]),
    group(
        "http",
        Target::Http,
        "The listener of the monitoring endpoints.",
    )
    .former(&["server", "endpoints"]),
    group(
        "export",
        Target::Export,
        "What waits to be sent to other systems.",
    )
    .former(&["delivery", "exporting"]),
];

pub(super) const LOGGING: &[OptionDef] = &[
    OptionDef::new(
        "level",
        ValueKind::LogFilter,
        "`\"info\"`",
        "The least severe records that are logged; for single targets after commas, as in `\"info,hyper=warn\"`.",
    )
    .former(&["filter", "log_level", "min_level"])
    .env(&["OBS_LOG"]),
    OptionDef::new("format", ValueKind::Choice(LogFormat::WORDS), "`\"json\"`", "How a record is written.")
        .former(&["style"])
        .env(&["OBS_LOG_FORMAT"]),
    OptionDef::new("outputs", ValueKind::ChoiceList(LogOutput::WORDS), "`[\"console\"]`", "Where records go.")
        .former(&["output", "sinks", "targets"]),
    OptionDef::new("file", ValueKind::Text, "`<service name>.log`", "The file of the output `file`.")
        .former(&["path", "filename"])
        .env(&["OBS_LOG_FILE"]),
    OptionDef::new(
        "rotation",
        ValueKind::Choice(Rotation::WORDS),
        "`\"daily\"`",
        "When a new file is begun whatever the size of the old one: at the full hour or at midnight, UTC.",
    )
    .former(&["rotate", "rolling", "roll"]),
    OptionDef::new(
        "max_file_size",
        ValueKind::Size { min: Logging::MIN_FILE_SIZE },
        "`\"100MiB\"`",
        "How large the file gets before a new one is begun. Only a line that is longer makes it larger.",
    )
    .former(&["max_size", "rotation_size", "size"]),
    OptionDef::new("max_files", COUNT, "`100`", "How many former files are kept. The oldest go first.")
        .former(&["max_log_files", "max_history", "max_backups", "keep", "backups"]),
    OptionDef::new("max_age", ValueKind::POSITIVE, "`\"30d\"`", "For how long a former file is kept, from the last line in it on.")
        .former(&["retention", "max_days"]),
    OptionDef::new(
        "max_total_size",
        ValueKind::Size { min: Logging::MIN_FILE_SIZE },
        "`\"1GiB\"`",
        "How much room all former files together may take. The oldest go first.",
    )
    .former(&["total_size_cap", "max_total", "total_size"]),
    OptionDef::new("compress", ValueKind::Bool, "`true`", "Whether former files are compressed with gzip.")
        .former(&["compression", "gzip"]),
    OptionDef::new(
        "correlation",
        ValueKind::Bool,
        "on while tracing is",
        "Whether every line carries the ids of the current trace and span.",
    )
    .former(&["correlate", "trace_ids", "with_trace_id"]),
    OptionDef::new(
        "redact",
        ValueKind::Bool,
        "`true`",
        "Whether passwords, tokens, card numbers and the like are hidden in records and in spans.",
    )
    .former(&["redaction", "mask", "scrub"]),
    OptionDef::new(
        "redact_keys",
        ValueKind::Text,
        "none",
        "Further names of secrets, separated by commas, such as `\"iban,tax_id\"`.",
    )
    .former(&["redacted_keys", "sensitive_keys", "secret_keys"]),
    OptionDef::new(
        "rate_limit",
        COUNT,
        "no limit",
        "At most this many records a second of one place in the program; a record says how many more there were.",
    )
    .former(&["max_per_second", "records_per_second"]),
];

pub(super) const METRICS: &[OptionDef] = &[
    OptionDef::new(
        "collectors",
        ValueKind::ChoiceList(Collector::WORDS),
        "all of them",
        "The groups of metrics that obs collects by itself.",
    )
    .former(&["collect", "collector"]),
    OptionDef::new(
        "interval",
        ValueKind::DURATION,
        "`\"10s\"`",
        "How often metrics are pushed, by exporters that do; `\"0s\"` for never, which only scraping allows.",
    )
    .former(&["period", "push_interval", "scrape_interval"]),
    OptionDef::new(
        "exporters",
        ValueKind::ChoiceList(MetricsExporter::WORDS),
        "`[\"http\"]`",
        "The ways out of the process. All but `http` need the feature of `obs-runtime` that brings them.",
    )
    .former(&["exporter"]),
    OptionDef::new("path", ValueKind::UrlPath, "`\"/metrics\"`", "Where metrics are scraped.")
        .former(&["endpoint", "route", "metrics_path"]),
    OptionDef::new(
        "prefix",
        ValueKind::Name(NameOf::Prefix),
        "empty",
        "What goes before the name of every metric; it ends in `_`.",
    )
    .former(&["namespace"])
    .env(&["OBS_METRICS_PREFIX"]),
    OptionDef::new(
        "histograms",
        ValueKind::Choice(HistogramForm::WORDS),
        "`\"explicit_bucket_histogram\"`",
        "In which form histograms are sent over OTLP. Exponential ones take 15 KiB more memory for each series of an operation and thread.",
    )
    .former(&["histogram_aggregation", "default_histogram_aggregation"])
    .env(&["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"]),
    OptionDef::new("labels", ValueKind::TextMap, "none", "Labels that are on every series besides `service`.")
        .former(&["common_labels", "const_labels", "tags"]),
];

pub(super) const PROFILING: &[OptionDef] = &[
    OptionDef::new(
        "enabled",
        ValueKind::Bool,
        "`false`",
        "Whether operations are profiled.",
    )
    .former(&["enable", "on"])
    .env(&["OBS_PROFILING"]),
    OptionDef::new(
        "sample",
        ValueKind::Ratio,
        "`0.01`",
        "The share of calls that are profiled.",
    )
    .former(&["sampler", "sample_rate", "ratio"]),
];

pub(super) const HEALTH: &[OptionDef] = &[
    OptionDef::new(
        "enabled",
        ValueKind::Bool,
        "`true`",
        "Whether checks run. Without them the probes say how far the service itself is.",
    )
    .former(&["enable", "on"]),
    OptionDef::new(
        "interval",
        ValueKind::Duration {
            min: Duration::from_millis(100),
            max: Duration::from_nanos(u64::MAX),
        },
        "`\"10s\"`",
        "How often a check runs that has no interval of its own.",
    )
    .former(&["period"]),
    OptionDef::new(
        "timeout",
        ValueKind::POSITIVE,
        "`\"2s\"`",
        "After how long a check has failed; at most `interval`.",
    )
    .former(&["deadline"]),
    OptionDef::new(
        "shutdown_delay",
        ValueKind::DURATION,
        "`\"0s\"`",
        "How long the shutdown waits after `/ready` has said no, so that no more requests come when the rest ends.",
    )
    .former(&["drain", "drain_delay", "pre_stop", "grace"]),
];

pub(super) const ANALYTICS: &[OptionDef] = &[
    OptionDef::new(
        "enabled",
        ValueKind::Bool,
        "`true`",
        "Whether business events are kept count of. Without, an event is a counter and a log record only.",
    )
    .former(&["enable", "on"]),
    OptionDef::new(
        "store",
        ValueKind::Size { min: Analytics::MIN_STORE },
        "`\"8MiB\"`",
        "How much memory the counts may take. When it is used up, the oldest go.",
    )
    .former(&["memory", "max_memory", "max_size"]),
    OptionDef::new(
        "prices",
        ValueKind::TextMap,
        "none",
        "What a million tokens in and a million tokens out of a model cost, such as `2.5/10`. A name that ends in `*` is that of all models that begin so.",
    )
    .former(&["price", "price_table", "costs", "models"]),
    OptionDef::new(
        "currency",
        ValueKind::Text,
        "`\"USD\"`",
        "The currency of the prices.",
    )
    .former(&["unit"]),
];

pub(super) const EXPORT: &[OptionDef] = &[
    OptionDef::new(
        "spool",
        ValueKind::Text,
        "none, so in memory",
        "The directory in which telemetry waits that is not delivered yet: it outlives the process, and receivers that are away for long.",
    )
    .former(&["spool_dir", "spool_directory", "directory", "path"]),
    OptionDef::new(
        "spool_size",
        ValueKind::Size { min: Export::MIN_SPOOL },
        "`\"256MiB\"`",
        "How much of each exporter may wait there.",
    )
    .former(&["spool_bytes", "max_spool_size", "max_size"]),
    OptionDef::new(
        "proxy",
        ValueKind::Text,
        "none",
        "The proxy through which exporters over HTTP go: `http://HOST:PORT`, or `environment` for the one that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name.",
    )
    .former(&["http_proxy", "https_proxy", "proxy_url"]),
];
