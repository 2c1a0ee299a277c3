//! Options of the derives' attributes.

use super::operation::CRATE;
use super::{OptionDef, ValueKind};
use crate::name::NameOf;

/// How the variants of an enum are written as label values.
pub(super) const CASES: &[&str] = &[
    "snake_case",
    "kebab-case",
    "lowercase",
    "UPPERCASE",
    "SCREAMING_SNAKE_CASE",
    "camelCase",
    "PascalCase",
];

/// The largest number of distinct values of a label of free text.
pub(super) const MAX_SERIES: u64 = 100_000;

pub(super) const SERIES_BUDGET: OptionDef = OptionDef::new(
    "series_budget",
    ValueKind::Int { min: 1, max: 10_000_000 },
    "`2000`",
    "How many series one family may have: the product of its labels' values is checked against it while compiling.",
)
.former(&["max_series", "cardinality", "cardinality_limit", "budget"]);

pub(super) const METRICS_STRUCT: &[OptionDef] = &[
    OptionDef::new(
        "prefix",
        ValueKind::Name(NameOf::Prefix),
        "none",
        "What goes before the name of every metric of the struct.",
    )
    .former(&["namespace", "subsystem"]),
    SERIES_BUDGET,
    CRATE,
];

pub(super) const METRIC_FIELD: &[OptionDef] = &[
    OptionDef::new("name", ValueKind::Name(NameOf::Metric), "the field's name", "The metric's name, after the prefix.")
        .former(&["rename"]),
    OptionDef::new(
        "unit",
        ValueKind::Unit,
        "the base unit that the name ends in",
        "The unit: a base unit, and the end of the name before `_total`.",
    )
    .former(&["units"]),
    OptionDef::new(
        "buckets",
        ValueKind::Buckets,
        "24 bounds from 1 µs to 10 s for seconds",
        "Upper bounds of a histogram, increasing. `+Inf` is always there. Needed unless the unit is seconds.",
    )
    .former(&["boundaries", "bounds"]),
    OptionDef::new(
        "objectives",
        ValueKind::Objectives,
        "`[(0.5, 0.05), (0.9, 0.01), (0.99, 0.001)]`",
        "Quantiles of a summary, each with the allowed error of its rank.",
    )
    .former(&["quantiles", "percentiles"]),
    OptionDef::new("max_age", ValueKind::POSITIVE, "`\"10m\"`", "For how long an observation counts in a summary.")
        .former(&["window", "age"]),
];

pub(super) const LABEL_ENUM: &[OptionDef] = &[
    OptionDef::new(
        "rename_all",
        ValueKind::Choice(CASES),
        "`\"snake_case\"`",
        "How variants become values.",
    )
    .former(&["case", "rename"]),
    CRATE,
];

pub(super) const LABEL_VARIANT: &[OptionDef] = &[OptionDef::new(
    "rename",
    ValueKind::Name(NameOf::Value),
    "the variant's name by `rename_all`",
    "The value of this variant.",
)
.former(&["name", "value"])];

pub(super) const LABELS_STRUCT: &[OptionDef] = &[CRATE];

pub(super) const LABELS_FIELD: &[OptionDef] = &[
    OptionDef::new("rename", ValueKind::Name(NameOf::Label), "the field's name", "The label's name.").former(&["name"]),
    OptionDef::new(
        "max_series",
        ValueKind::Int { min: 1, max: MAX_SERIES },
        "none; needed for text",
        "How many distinct values a label of free text may have. Further ones are counted under `__overflow__`.",
    )
    .former(&["max", "limit", "capacity", "series_budget", "max_values"]),
];

pub(super) const OUTCOME_ENUM: &[OptionDef] = &[CRATE];

/// A variant has exactly one class.
const CLASSES: &[&str] = &[
    "ok",
    "failure",
    "ignored",
    "retryable",
    "caller_fault",
    "transparent",
];

const fn class(name: &'static str, doc: &'static str) -> OptionDef {
    OptionDef::new(name, ValueKind::Flag, "", doc).excludes(CLASSES)
}

const OK: OptionDef = class("ok", "The call went well: outcome `ok`.").former(&["success"]);

const FAILURE: OptionDef =
    class("failure", "The call failed: outcome `error`.").former(&["error", "fail", "err"]);

const IGNORED: OptionDef = class(
    "ignored",
    "Neither: outcome `ok`, and no verdict for a circuit breaker.",
)
.former(&["ignore", "skip"]);

const RETRYABLE: OptionDef = class(
    "retryable",
    "The call failed and may be repeated: outcome `error`.",
)
.former(&["retry", "transient"]);

const CALLER_FAULT: OptionDef = class(
    "caller_fault",
    "The caller asked for something wrong: outcome `ok`, and the span has `error.type` without an error status.",
)
.former(&["client_error", "bad_request", "caller"]);

const TRANSPARENT: OptionDef = class(
    "transparent",
    "As the one field says, whose type derives `Outcome` as well.",
)
.former(&["from", "source", "inner", "delegate"]);

pub(super) const OUTCOME_STRUCT: &[OptionDef] = &[
    OK,
    FAILURE,
    IGNORED,
    RETRYABLE,
    CALLER_FAULT,
    TRANSPARENT,
    CRATE,
];

pub(super) const OUTCOME_VARIANT: &[OptionDef] =
    &[OK, FAILURE, IGNORED, RETRYABLE, CALLER_FAULT, TRANSPARENT];

pub(super) const REDACT_TYPE: &[OptionDef] = &[CRATE];

pub(super) const REDACT_FIELD: &[OptionDef] = &[
    OptionDef::new(
        "with",
        ValueKind::Expr,
        "`[redacted]` is shown",
        "A function of `&` the field that gives what is shown instead, as something with `Display`.",
    )
    .former(&["mask", "format", "fmt"])
    .excludes(&["last"]),
    OptionDef::new(
        "last",
        ValueKind::Int { min: 1, max: 8 },
        "none",
        "How many of the last characters are shown. A text that is not more than twice as long is hidden as a whole.",
    )
    .former(&["keep", "show", "suffix"])
    .excludes(&["with"]),
];
