//! Options of `#[derive(Event)]`.

use super::derive::{MAX_SERIES, SERIES_BUDGET};
use super::operation::CRATE;
use super::{OptionDef, ValueKind};
use crate::event::Role;
use crate::monitoring::Level;
use crate::name::NameOf;

pub(super) const EVENT_STRUCT: &[OptionDef] = &[
    OptionDef::new(
        "name",
        ValueKind::Name(NameOf::Event),
        "the struct's name in snake case",
        "What happened: the message of the log record, and with `_total` the name of the counter.",
    )
    .former(&["rename", "event"]),
    OptionDef::new(
        "level",
        ValueKind::Choice(Level::WORDS),
        "`\"info\"`",
        "The level of the log record; `off` for none.",
    )
    .former(&["severity", "log", "log_level"]),
    SERIES_BUDGET,
    CRATE,
];

/// What a label cannot be at the same time.
const NOT_A_LABEL: &[&str] = &[
    "user",
    "tokens_in",
    "tokens_out",
    "display",
    "debug",
    "skip",
];
/// Tokens are a number, and nothing else; a field that is left out is nothing at all.
const ALONE: &[&str] = &[
    "user",
    "feature",
    "error",
    "model",
    "tokens_in",
    "tokens_out",
    "label",
    "display",
    "debug",
    "skip",
];
/// A field has one role.
const NOT_A_NAME: &[&str] = &[
    "user",
    "feature",
    "error",
    "model",
    "tokens_in",
    "tokens_out",
    "skip",
];
/// A user is no label as well: there would be a series for each.
const NOT_A_USER: &[&str] = &[
    "feature",
    "error",
    "model",
    "tokens_in",
    "tokens_out",
    "label",
    "skip",
];

const fn flag(
    name: &'static str,
    doc: &'static str,
    excludes: &'static [&'static str],
) -> OptionDef {
    OptionDef::new(name, ValueKind::Flag, "no", doc).excludes(excludes)
}

const fn role(role: Role, doc: &'static str, excludes: &'static [&'static str]) -> OptionDef {
    flag(role.as_str(), doc, excludes)
}

pub(super) const EVENT_FIELD: &[OptionDef] = &[
    role(
        Role::User,
        "Who did it. Different users are counted; without such a field, it is the user of the request at hand.",
        NOT_A_USER,
    )
    .former(&["user_id", "customer", "actor"]),
    role(Role::Feature, "The feature that was used.", NOT_A_NAME).former(&["capability", "function"]),
    role(
        Role::Error,
        "What went wrong, in as few different words as possible: events are counted by it.",
        NOT_A_NAME,
    )
    .former(&["failure", "err", "reason"]),
    role(Role::Model, "The model that was asked.", NOT_A_NAME).former(&["llm", "model_name"]),
    role(Role::TokensIn, "How many tokens the model was given.", ALONE)
        .former(&["input_tokens", "prompt_tokens"]),
    role(Role::TokensOut, "How many tokens the model answered with.", ALONE)
        .former(&["output_tokens", "completion_tokens"]),
    flag("label", "A label of the counter: a type that implements `Label`, or text with `max_series`.", NOT_A_LABEL)
        .former(&["tag", "dimension", "metric"]),
    OptionDef::new(
        "max_series",
        ValueKind::Int { min: 1, max: MAX_SERIES },
        "none; needed for text",
        "How many distinct values a label of free text may have. Further ones are counted under `__overflow__`.",
    )
    .former(&["max", "limit", "max_values"]),
    OptionDef::new(
        "rename",
        ValueKind::Name(NameOf::Label),
        "the field's name",
        "The name of the field in log records, and of the label.",
    )
    .former(&["name", "key"]),
    flag("display", "Its value is written by `Display`.", &["debug", "label", "tokens_in", "tokens_out", "skip"])
        .former(&["fmt"]),
    flag("debug", "Its value is written by `Debug`.", &["display", "label", "tokens_in", "tokens_out", "skip"]),
    flag(
        "skip",
        "Leaves the field out.",
        ALONE,
    )
    .former(&["ignore", "hide"]),
];
