//! Options of `#[circuit_breaker]`.

use super::operation::{CRATE, expression};
use super::{OptionDef, ValueKind};
use crate::name::NameOf;
use crate::resilience::BreakerSettings;

pub(super) const fn int(max: u64) -> ValueKind {
    ValueKind::Int { min: 1, max }
}

pub(super) const fn duration(
    name: &'static str,
    default: &'static str,
    doc: &'static str,
) -> OptionDef {
    OptionDef::new(name, ValueKind::POSITIVE, default, doc)
}

pub(super) const fn ratio(
    name: &'static str,
    default: &'static str,
    doc: &'static str,
) -> OptionDef {
    OptionDef::new(name, ValueKind::Ratio, default, doc)
}

/// The name of a policy that several functions may share.
pub(super) const fn name(doc: &'static str) -> OptionDef {
    OptionDef::new("name", ValueKind::Name(NameOf::Value), "", doc)
        .at(0)
        .required()
}

const BACKOFF: OptionDef = OptionDef::new(
    "backoff",
    ValueKind::Factor,
    "`1.0`",
    "The factor by which it stays open longer each time that the callee is still not well.",
)
.former(&["multiplier", "exponential_backoff"]);

const RATES: &[&str] = &["failure_threshold"];

pub(super) const CIRCUIT_BREAKER: &[OptionDef] = &[
    name("The breaker. Functions with the same one share it.").former(&["breaker", "id"]),
    OptionDef::new(
        "failure_threshold",
        int(1_000_000),
        "`5`",
        "So many failures in a row open it.",
    )
    .former(&["threshold", "max_failures", "consecutive_failures"])
    .excludes(&["window", "failure_rate", "min_calls", "slow_rate"]),
    OptionDef::new(
        "window",
        ValueKind::Window,
        "none: failures in a row",
        "The calls whose share of failures is judged: the last so many, or those of so much time.",
    )
    .former(&["sliding_window", "window_size"])
    .excludes(RATES),
    ratio(
        "failure_rate",
        "`0.5`",
        "From this share of failures in the window on it opens.",
    )
    .former(&["error_rate", "failure_rate_threshold", "rate"])
    .excludes(RATES),
    OptionDef::new(
        "min_calls",
        int(u32::MAX as u64),
        "`10`, or as many as the window holds",
        "With fewer calls in the window nothing is judged.",
    )
    .former(&["minimum_calls", "minimum_number_of_calls", "min_requests"])
    .excludes(RATES),
    duration(
        "timeout",
        "none",
        "After this time the call is given up by dropping its future, which is a failure. Only for functions that return a future.",
    )
    .former(&["time_limit", "call_timeout"]),
    duration(
        "recovery_timeout",
        "`\"1m\"`",
        "For how long it stays open before it tries calls again.",
    )
    .former(&["reset_timeout", "open_duration", "wait_duration", "cooldown"]),
    BACKOFF,
    duration(
        "max_recovery_timeout",
        "`\"10m\"`, or `recovery_timeout` if that is longer",
        "The longest time for which it stays open.",
    )
    .former(&["max_backoff", "max_open_duration"]),
    ratio(
        "jitter",
        "`0.0`",
        "The share by which it stays open longer at random, so that not all processes try at once.",
    ),
    OptionDef::new(
        "half_open_calls",
        int(BreakerSettings::MAX_HALF_OPEN_CALLS as u64),
        "`3`, or as many as the window holds",
        "How many calls are let through to see whether the callee is well again.",
    )
    .former(&["permitted_calls", "half_open_requests", "success_threshold", "probes"]),
    OptionDef::new(
        "half_open_max",
        ValueKind::DURATION,
        "`\"1m\"`, or `timeout` if that is longer",
        "For how long these calls may keep it waiting before it is open again; 0 is for ever.",
    )
    .former(&["max_half_open", "max_wait_in_half_open"]),
    duration(
        "slow_call",
        "none",
        "From this duration on a call is slow, also while it is still running. Without a window a slow call is a failure.",
    )
    .former(&["slow", "slow_call_duration", "slow_threshold"]),
    ratio(
        "slow_rate",
        "`1.0`",
        "From this share of slow calls in the window on it opens.",
    )
    .former(&["slow_call_rate", "slow_call_rate_threshold"])
    .excludes(RATES),
    expression(
        "fallback",
        "none",
        "A function of the same parameters and the error. It is called when the call was rejected, failed or took too long, and gives the value instead.",
    )
    .former(&["fallback_method", "or_else", "default"]),
    expression(
        "ignore",
        "what `Outcome` calls ignored",
        "A function of `&` the error: if it says `true`, the call counts neither for nor against the callee. It wins over `record`.",
    )
    .former(&["ignore_if", "ignore_exceptions", "except"]),
    expression(
        "record",
        "what `Outcome` calls a failure",
        "A function of `&` the error that says whether it is a failure.",
    )
    .former(&["record_if", "record_exceptions", "is_failure", "failure_if"]),
    expression(
        "key",
        "none",
        "An expression over the arguments, such as a host or a tenant: each value has a breaker of its own.",
    )
    .former(&["per", "by", "partition"]),
    OptionDef::new(
        "max_keys",
        int(100_000),
        "`100`",
        "How many such breakers there are at the most. Beyond that the one goes that is closed and was not used for longest.",
    )
    .former(&["max_breakers", "capacity"]),
    CRATE,
];
