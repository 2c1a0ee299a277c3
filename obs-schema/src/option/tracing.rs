//! Options of `tracing(..)`.

use super::service::COUNT;
use super::{OptionDef, ValueKind};
use crate::monitoring::{Propagator, TraceExporter, Tracing};

pub(super) const TRACING: &[OptionDef] = &[
    OptionDef::new("enabled", ValueKind::Bool, "`true`", "Whether spans are recorded at all.").former(&["enable", "on"]),
    OptionDef::new(
        "sampler",
        ValueKind::Sampler,
        "`1.0`",
        "The share of new traces that are kept, or the name of an OpenTelemetry sampler. Errors and slow traces are kept besides.",
    )
    .former(&["sample_rate", "sampling", "sampling_rate", "ratio", "sample_ratio"])
    .env(&["OBS_SAMPLER", "OTEL_TRACES_SAMPLER"]),
    OptionDef::new(
        "exporter",
        ValueKind::Choice(TraceExporter::WORDS),
        "`\"none\"`",
        "Where kept traces go besides the store in memory. `jaeger` is OTLP to the port of a local Jaeger, `console` a tree on standard output, `console_json` a line per span there.",
    )
    .former(&["exporters", "export"])
    .env(&["OTEL_TRACES_EXPORTER"]),
    OptionDef::new(
        "propagators",
        ValueKind::ChoiceList(Propagator::WORDS),
        "`[\"tracecontext\", \"baggage\"]`",
        "Which headers are read from callers and sent to called services; `[\"none\"]` for no propagation.",
    )
    .former(&["propagation", "propagator"])
    .env(&["OTEL_PROPAGATORS"]),
    OptionDef::new(
        "forward",
        ValueKind::TextMap,
        "`(request.id = \"x-request-id\")`",
        "Keys of the request context that called services are told, each with the header that it is sent in.",
    )
    .former(&["forward_keys", "outgoing_headers", "propagate_context"]),
    OptionDef::new(
        "target_per_second",
        COUNT,
        "the ratio alone",
        "The sampler aims at this many traces a second of each root operation; the ratio is the most it keeps.",
    )
    .former(&["target_samples_per_second", "adaptive"]),
    OptionDef::new(
        "operations",
        ValueKind::RatioMap,
        "none",
        "The share of new traces that are kept of single root operations, whatever `sampler` and `target_per_second` say of them.",
    )
    .former(&["operation_ratios", "per_operation", "overrides"]),
    OptionDef::new("rate_limit", COUNT, "no limit", "At most this many traces a second are kept by the sampler. Errors and slow traces are kept besides.")
        .former(&["max_per_second", "traces_per_second"]),
    OptionDef::new(
        "kept_per_second",
        ValueKind::Int { min: 0, max: u32::MAX as u64 },
        "`100`",
        "At most this many traces a second are kept because something failed or was slow, of those that the sampler leaves out.",
    )
    .former(&["errors_per_second", "max_errors_per_second"]),
    OptionDef::new(
        "slow",
        ValueKind::DURATION,
        "`\"1s\"`",
        "Traces whose root takes at least this long are kept although unsampled; `\"0s\"` for none.",
    )
    .former(&["slow_threshold", "threshold"]),
    OptionDef::new(
        "store",
        ValueKind::Size { min: Tracing::MIN_STORE },
        "`\"32MiB\"`",
        "How much memory finished traces may take. The oldest go first.",
    )
    .former(&["store_bytes", "store_size", "buffer"]),
    OptionDef::new("max_age", ValueKind::POSITIVE, "`\"1h\"`", "For how long a finished trace is held.")
        .former(&["retention", "ttl"]),
    OptionDef::new(
        "max_active",
        COUNT,
        "`10000`",
        "How many traces can be under way at once; further ones are counted, not recorded.",
    )
    .former(&["max_traces", "max_active_traces"]),
    OptionDef::new("max_spans", COUNT, "`1024`", "How many spans of one trace are recorded; further ones are counted.")
        .former(&["max_spans_per_trace"]),
];
