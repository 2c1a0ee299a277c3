//! The metrics that every program has.

use obs_schema::def::{MetricDef, MetricKind};
use obs_schema::name::family_name;

use super::policies;

pub(super) static CALLS: MetricDef = MetricDef::new(
    "operation_calls_total",
    "Finished calls of annotated functions.",
    MetricKind::Counter,
);

pub(super) static DURATION: MetricDef = MetricDef {
    unit: "seconds",
    ..MetricDef::new(
        "operation_duration_seconds",
        "Duration of the calls of annotated functions.",
        MetricKind::Histogram,
    )
};

pub(super) static IN_FLIGHT: MetricDef = MetricDef::new(
    "operation_in_flight",
    "Calls of annotated functions that have begun and not ended.",
    MetricKind::Gauge,
);

pub(super) static DATABASE: MetricDef = MetricDef {
    unit: "seconds",
    ..MetricDef::new(
        "db_client_operation_duration_seconds",
        "Duration of database operations.",
        MetricKind::Histogram,
    )
};

pub(super) static EXTERNAL_API: MetricDef = MetricDef {
    unit: "seconds",
    ..MetricDef::new(
        "external_api_duration_seconds",
        "Duration of calls of external APIs.",
        MetricKind::Histogram,
    )
};

pub(super) static SERIES: MetricDef = MetricDef::new(
    "obs_series",
    "Series of this exposition, without those of the framework about itself.",
    MetricKind::Gauge,
);

pub(super) static SCRAPE: MetricDef = MetricDef {
    unit: "seconds",
    buckets: &[
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    ],
    ..MetricDef::new(
        "obs_scrape_duration_seconds",
        "Duration of reading and encoding the metrics, up to the scrape before this one.",
        MetricKind::Histogram,
    )
};

pub(super) static TORN: MetricDef = MetricDef::new(
    "obs_torn_reads_total",
    "Reads of a thread's cells in which the sum may be ahead of the buckets.",
    MetricKind::Counter,
);

pub(super) static OVERFLOWS: MetricDef = MetricDef::new(
    "obs_label_overflows_total",
    "Uses of a label set that went to the series `__overflow__`.",
    MetricKind::Counter,
);

pub(super) static CUT: MetricDef = MetricDef::new(
    "obs_label_values_cut_total",
    "Label values that were cut because they were too long.",
    MetricKind::Counter,
);

pub(super) static REFUSED: MetricDef = MetricDef::new(
    "obs_values_refused_total",
    "Values that a counter, histogram or summary cannot take.",
    MetricKind::Counter,
);

pub(super) static CONFLICTS: MetricDef = MetricDef::new(
    "obs_registration_conflicts_total",
    "Metrics that contradict another one or break a rule, and count into the void.",
    MetricKind::Counter,
);

pub(super) static COLLECTOR_ERRORS: MetricDef = MetricDef::new(
    "obs_collector_errors_total",
    "Panics of a collector, scrapes that did not wait for it, and families and series of it that could not be shown.",
    MetricKind::Counter,
);

pub(super) static COLLECTOR_DURATION: MetricDef = MetricDef {
    unit: "seconds",
    ..MetricDef::new(
        "obs_collector_duration_seconds",
        "What the last reading of a collector took.",
        MetricKind::Gauge,
    )
};

pub(super) static TRACES_DROPPED: MetricDef = MetricDef::new(
    "obs_traces_dropped_total",
    "Traces or parts of traces that were not recorded, or kept and then lost.",
    MetricKind::Counter,
);

pub(super) static SPANS_LOST: MetricDef = MetricDef::new(
    "obs_spans_lost_total",
    "Spans that ended where their trace could no longer be found, or had too many already.",
    MetricKind::Counter,
);

pub(super) static CONSOLE_SPANS: MetricDef = MetricDef::new(
    "obs_console_spans_total",
    "Spans of kept traces for the console, by what became of them.",
    MetricKind::Counter,
);

pub(super) static EXEMPLARS_DROPPED: MetricDef = MetricDef::new(
    "obs_exemplars_dropped_total",
    "Exemplars that found no room because too many series have some.",
    MetricKind::Counter,
);

pub(super) static TRACE_QUEUE: MetricDef = MetricDef::new(
    "obs_trace_queue_length",
    "Finished traces that wait for the collector thread.",
    MetricKind::Gauge,
);

pub(super) static SHARDS: MetricDef = MetricDef::new(
    "obs_thread_shards",
    "Sets of per-thread cells, as many as there were threads that counted at once.",
    MetricKind::Gauge,
);

pub(super) static CLOCK: MetricDef = MetricDef::new(
    "obs_clock_info",
    "The clock that measures, and why it is not the processor's counter any more.",
    MetricKind::Info,
);

pub(super) static SKIPS: MetricDef = MetricDef::new(
    "obs_reentrant_skips_total",
    "Calls from the program's allocator that were not counted, because they were made while the framework allocated.",
    MetricKind::Counter,
);

pub(super) static MESSAGES: MetricDef = MetricDef::new(
    "obs_diagnostics_total",
    "Messages of the framework about itself, those held back included.",
    MetricKind::Counter,
);

pub(super) static ANALYTICS_USERS: MetricDef = MetricDef::new(
    "analytics_users",
    "Different users of the business events of the last 24 hours.",
    MetricKind::Gauge,
);

pub(super) static ANALYTICS_BYTES: MetricDef = MetricDef {
    unit: "bytes",
    ..MetricDef::new(
        "obs_analytics_bytes",
        "Memory of the counts of business events.",
        MetricKind::Gauge,
    )
};

pub(super) static ANALYTICS_DROPPED: MetricDef = MetricDef::new(
    "obs_analytics_dropped_total",
    "Names of business events that were counted as `__overflow__`, and events that were forgotten before their time.",
    MetricKind::Counter,
);

pub(super) static BREAKER_STATE: MetricDef = MetricDef::new(
    "circuit_breaker_state",
    "What circuit breakers do with calls: 0 lets all through, 0.5 a few, 1 none.",
    MetricKind::Gauge,
);

pub(super) static BREAKER_CALLS: MetricDef = MetricDef::new(
    "circuit_breaker_calls_total",
    "Calls of circuit breakers, by how they ended.",
    MetricKind::Counter,
);

pub(super) static BREAKER_TRANSITIONS: MetricDef = MetricDef::new(
    "circuit_breaker_transitions_total",
    "How often circuit breakers went from one state to another.",
    MetricKind::Counter,
);

pub(super) static BREAKER_FAILURE_RATIO: MetricDef = MetricDef::new(
    "circuit_breaker_failure_ratio",
    "The share of calls in the windows of circuit breakers that failed; 0 if there are none.",
    MetricKind::Gauge,
);

#[cfg(feature = "http")]
pub(super) static HTTP_REFUSED: MetricDef = MetricDef::new(
    "obs_http_refused_total",
    "Connections and requests that the monitoring listener turned away.",
    MetricKind::Counter,
);

#[cfg(feature = "export")]
pub(super) static EXPORT_ITEMS: MetricDef = MetricDef::new(
    "obs_export_items_total",
    "Spans, records or samples that were handed to an exporter.",
    MetricKind::Counter,
);

#[cfg(feature = "export")]
pub(super) static EXPORT_DELIVERED: MetricDef = MetricDef::new(
    "obs_export_delivered_total",
    "Items that the receiver of an exporter took.",
    MetricKind::Counter,
);

#[cfg(feature = "export")]
pub(super) static EXPORT_DROPPED: MetricDef = MetricDef::new(
    "obs_export_dropped_total",
    "Items that an exporter gave up.",
    MetricKind::Counter,
);

#[cfg(feature = "export")]
pub(super) static EXPORT_QUEUE: MetricDef = MetricDef::new(
    "obs_export_queue_length",
    "Items that wait to be sent or are being sent.",
    MetricKind::Gauge,
);

#[cfg(feature = "export")]
pub(super) static EXPORT_QUEUE_BYTES: MetricDef = MetricDef {
    unit: "bytes",
    ..MetricDef::new(
        "obs_export_queue_bytes",
        "Memory of the items that wait to be sent or are being sent.",
        MetricKind::Gauge,
    )
};

#[cfg(feature = "export")]
pub(super) static EXPORT_SPOOL_BYTES: MetricDef = MetricDef {
    unit: "bytes",
    ..MetricDef::new(
        "obs_export_spool_bytes",
        "Disk space of the items that wait to be sent or are being sent.",
        MetricKind::Gauge,
    )
};

#[cfg(feature = "export")]
pub(super) static EXPORT_REQUESTS: MetricDef = MetricDef::new(
    "obs_export_requests_total",
    "Requests of an exporter, repeated ones included.",
    MetricKind::Counter,
);

#[cfg(feature = "export")]
pub(super) static EXPORT_RETRIES: MetricDef = MetricDef::new(
    "obs_export_retries_total",
    "Requests of an exporter that repeated one that had failed.",
    MetricKind::Counter,
);

#[cfg(feature = "export")]
pub(super) static EXPORT_DURATION: MetricDef = MetricDef {
    unit: "seconds",
    buckets: &crate::export::delivery::BOUNDS,
    ..MetricDef::new(
        "obs_export_request_duration_seconds",
        "Duration of the requests of an exporter.",
        MetricKind::Histogram,
    )
};

/// All of them. Their names are taken from the start.
pub(super) static ALL: &[&MetricDef] = &[
    &CALLS,
    &DURATION,
    &IN_FLIGHT,
    &DATABASE,
    &EXTERNAL_API,
    &SERIES,
    &SCRAPE,
    &TORN,
    &OVERFLOWS,
    &CUT,
    &REFUSED,
    &CONFLICTS,
    &COLLECTOR_ERRORS,
    &COLLECTOR_DURATION,
    &TRACES_DROPPED,
    &SPANS_LOST,
    &CONSOLE_SPANS,
    &EXEMPLARS_DROPPED,
    &TRACE_QUEUE,
    &SHARDS,
    &CLOCK,
    &SKIPS,
    &MESSAGES,
    &ANALYTICS_USERS,
    &ANALYTICS_BYTES,
    &ANALYTICS_DROPPED,
    &BREAKER_STATE,
    &BREAKER_CALLS,
    &BREAKER_TRANSITIONS,
    &BREAKER_FAILURE_RATIO,
    &policies::BULKHEAD_AVAILABLE,
    &policies::BULKHEAD_CALLS,
    &policies::BULKHEAD_MOST,
    &policies::BULKHEAD_WAITING,
    &policies::RATE_LIMITER_AVAILABLE,
    &policies::RATE_LIMITER_CALLS,
    &policies::RATE_LIMITER_WAITING,
    &policies::RETRY_ATTEMPTS,
    &policies::RETRY_BUDGET,
    &policies::RETRY_CALLS,
    &policies::TIME_LIMITER_CALLS,
    #[cfg(feature = "http")]
    &HTTP_REFUSED,
    #[cfg(feature = "export")]
    &EXPORT_ITEMS,
    #[cfg(feature = "export")]
    &EXPORT_DELIVERED,
    #[cfg(feature = "export")]
    &EXPORT_DROPPED,
    #[cfg(feature = "export")]
    &EXPORT_QUEUE,
    #[cfg(feature = "export")]
    &EXPORT_QUEUE_BYTES,
    #[cfg(feature = "export")]
    &EXPORT_SPOOL_BYTES,
    #[cfg(feature = "export")]
    &EXPORT_REQUESTS,
    #[cfg(feature = "export")]
    &EXPORT_RETRIES,
    #[cfg(feature = "export")]
    &EXPORT_DURATION,
];

/// Whether a family name belongs to one of them.
pub(super) fn is_taken(family: &str) -> bool {
    ALL.iter()
        .any(|def| family_name(def.name, def.kind) == family)
}
