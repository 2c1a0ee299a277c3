//! Options of the attributes on functions.

use super::{OptionDef, ValueKind};
use crate::name::NameOf;

/// The words of `kind`: the span kinds of OpenTelemetry.
pub(super) const SPAN_KINDS: &[&str] = &["internal", "server", "client", "producer", "consumer"];

/// The methods that semantic conventions know.
const METHODS: &[&str] = &[
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
];

/// An option whose value is a fixed label value.
pub(super) const fn constant(
    name: &'static str,
    default: &'static str,
    doc: &'static str,
) -> OptionDef {
    OptionDef::new(name, ValueKind::Name(NameOf::Value), default, doc)
}

pub(super) const DEBUG_TRACE: &[OptionDef] = &[
    OptionDef::new(
        "flag",
        ValueKind::Name(NameOf::Flag),
        "",
        "The debug flag: while it is on, each call is logged. Several functions can have the same one.",
    )
    .at(0)
    .required()
    .former(&["name", "when", "key"]),
    OptionDef::new(
        "skip",
        ValueKind::Names,
        "none",
        "Parameters that are not logged. Neither are `self`, those whose name begins with `_`, and those whose type is not `Debug`.",
    )
    .former(&["skip_all", "except", "ignore", "hide"]),
    CRATE,
];

/// An option whose value is an expression over the arguments, or a function of the result.
pub(super) const fn expression(
    name: &'static str,
    default: &'static str,
    doc: &'static str,
) -> OptionDef {
    OptionDef::new(name, ValueKind::Expr, default, doc)
}

/// An option that takes any number of keys with an expression each.
const fn expressions(name: &'static str, doc: &'static str) -> OptionDef {
    OptionDef::new(name, ValueKind::ExprMap, "none", doc)
}

pub(super) const CRATE: OptionDef = OptionDef::new(
    "crate",
    ValueKind::CratePath,
    "`::obs_runtime`",
    "Where the runtime is, for crates that rename or re-export it.",
);

const NAME: OptionDef = OptionDef::new(
    "name",
    ValueKind::Name(NameOf::Operation),
    "the function's name",
    "The operation: the label `operation` and the name of the span.",
)
.at(0)
.former(&["operation", "span_name"]);

const LABELS: OptionDef = expressions("labels", "Labels of the metrics, which are attributes of the span too. Each value is an expression over the arguments whose type has a bounded set of values.",
)
.former(&["tags", "label", "dimensions"]);

const ATTRIBUTES: OptionDef = expressions("attributes", "Attributes of the span and of log lines inside the call. Any value is fine: they never become labels.",
)
.former(&["fields", "attrs", "properties"]);

const BUCKETS: OptionDef = OptionDef::new(
    "buckets",
    ValueKind::DurationBuckets,
    "24 bounds from 1 µs to 10 s",
    "Upper bounds of the duration histogram, in seconds, increasing. `+Inf` is always there.",
)
.former(&[
    "latency_buckets",
    "duration_buckets",
    "histogram_buckets",
    "boundaries",
]);

const OK_IF: OptionDef = expression(
    "ok_if",
    "`Ok(_)`, and every value that is not a `Result`",
    "A function of `&` the returned value that says whether the call went well.",
)
.former(&["ok", "success_if", "is_ok"])
.excludes(&["error_if"]);

const ERROR_IF: OptionDef = expression(
    "error_if",
    "`Err(_)`",
    "A function of `&` the returned value that says whether the call failed.",
)
.former(&["err", "error", "fail_if", "failure_if", "is_err"])
.excludes(&["ok_if"]);

const SLOW: OptionDef = OptionDef::new(
    "slow",
    ValueKind::POSITIVE,
    "none; of a root, `tracing.slow` of the configuration",
    "From which duration of this call on its trace is kept although unsampled.",
)
.former(&["slow_threshold", "threshold", "slow_call"]);

pub(super) const TRACE_REQUEST: &[OptionDef] = &[
    NAME,
    OptionDef::new(
        "kind",
        ValueKind::Word(SPAN_KINDS),
        "`internal`",
        "The role of the span in a remote call.",
    )
    .former(&["span_kind"]),
    LABELS,
    ATTRIBUTES,
    expression(
        "parent",
        "the current span",
        "The span context to continue, such as one that came with a message.",
    )
    .former(&["follows_from", "parent_span"])
    .excludes(&["root"]),
    OptionDef::new(
        "root",
        ValueKind::Flag,
        "off",
        "Starts a new trace even inside another one.",
    )
    .former(&["new_trace", "detached"])
    .excludes(&["parent"]),
    SLOW,
    BUCKETS,
    OK_IF,
    ERROR_IF,
    CRATE,
];

pub(super) const MONITOR_PERFORMANCE: &[OptionDef] =
    &[NAME, LABELS, BUCKETS, OK_IF, ERROR_IF, CRATE];

pub(super) const TIMED: &[OptionDef] = MONITOR_PERFORMANCE;

pub(super) const COUNTED: &[OptionDef] = &[NAME, LABELS, OK_IF, ERROR_IF, CRATE];

pub(super) const TRACK_DB_QUERY: &[OptionDef] = &[
    constant("operation", "",
        "What the query does, such as `select`: the label `db_operation_name`.",
    )
    .at(0)
    .required()
    .former(&["name", "query"]),
    constant("collection", "none",
        "The table or collection: the label `db_collection_name`.",
    )
    .at(1)
    .former(&["table"]),
    constant("system", "`\"other_sql\"`",
        "The database product, such as `\"sqlite\"` or `\"postgresql\"`: the label `db_system_name`.",
    )
    .former(&["db", "db_system", "database"]),
    SLOW,
    LABELS,
    ATTRIBUTES,
    BUCKETS,
    OK_IF,
    ERROR_IF,
    CRATE,
];

pub(super) const TRACK_EXTERNAL_API: &[OptionDef] = &[
    constant("api", "", "The service that is called: the label `api`.")
        .at(0)
        .required()
        .former(&["name", "service"]),
    constant("endpoint", "the function's name",
        "Which of its operations, as a template without ids: the label `endpoint`.",
    )
    .former(&["path", "route", "url"]),
    OptionDef::new(
        "method",
        ValueKind::Choice(METHODS),
        "none",
        "The HTTP method: the attribute `http.request.method` of the span.",
    )
    .former(&["http_method", "verb"]),
    expression("rate_limit_remaining", "none",
        "A function of `&` the returned value that gives the calls left, as `Option<f64>`: the gauge `external_api_rate_limit_remaining`.",
    )
    .former(&["rate_limit", "remaining"]),
    SLOW,
    LABELS,
    ATTRIBUTES,
    BUCKETS,
    OK_IF,
    ERROR_IF,
    CRATE,
];
