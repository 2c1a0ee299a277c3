//! Options of the attributes that form a policy around a function, beside the circuit breaker.

use core::time::Duration;

use super::operation::{CRATE, expression};
use super::resilience::{duration, int, name, ratio};
use super::{OptionDef, ValueKind};
use crate::name::NameOf;
use crate::resilience::{BulkheadSettings, RateLimitSettings, RetrySettings};

/// The name of a policy that is the function's own unless it says otherwise.
const fn own_name(doc: &'static str) -> OptionDef {
    OptionDef::new(
        "name",
        ValueKind::Name(NameOf::Value),
        "the path of the function below its module",
        doc,
    )
}

const WAIT: OptionDef = OptionDef::new(
    "wait",
    ValueKind::DURATION,
    "`\"0s\"`",
    "For how long a call waits for its turn before it is rejected. A function that is not `async` blocks its thread.",
)
.former(&["max_wait", "max_wait_duration", "timeout_duration"]);

pub(super) const RETRY: &[OptionDef] = &[
    own_name("Functions with the same one share a budget and its metrics.").at(0),
    OptionDef::new(
        "attempts",
        ValueKind::Int {
            min: 2,
            max: RetrySettings::MAX_ATTEMPTS as u64,
        },
        "`3`",
        "How many attempts there are, the first one included.",
    )
    .former(&["max_attempts", "retries", "max_retries", "times"]),
    duration(
        "delay",
        "`\"100ms\"`",
        "The time before the second attempt.",
    )
    .former(&["wait", "wait_duration", "interval", "initial_delay"]),
    OptionDef::new(
        "backoff",
        ValueKind::Factor,
        "`2.0`",
        "The factor by which that time grows from one attempt to the next.",
    )
    .former(&["multiplier", "factor", "exponential_backoff"]),
    duration(
        "max_delay",
        "`\"10s\"`, or `delay` if that is longer",
        "The longest time between two attempts. Whoever asks for more is not asked again.",
    )
    .former(&["max_backoff", "max_interval"]),
    ratio(
        "jitter",
        "`0.5`",
        "The share by which each of these times is made shorter at random.",
    ),
    ratio(
        "budget",
        "`0.2`",
        "How many retries each call allows, over all calls of the same name. Ten are there at first.",
    )
    .former(&["retry_budget", "max_ratio", "retry_ratio"]),
    duration(
        "deadline",
        "none",
        "No attempt begins later than this after the first one.",
    )
    .former(&["max_elapsed", "total_timeout", "max_duration"]),
    OptionDef::new(
        "idempotent",
        ValueKind::Flag,
        "off; on for a `select` query and for an external API with a method that is safe to repeat",
        "Says that it does no harm if the same call is carried out twice.",
    )
    .former(&["safe", "idempotence"]),
    expression(
        "retry_if",
        "what `Outcome` calls retryable",
        "A function of `&` the error that says whether the same call may succeed later.",
    )
    .former(&["when", "retry_on", "predicate", "retryable"]),
    expression(
        "retry_after",
        "none",
        "A function of `&` the error that gives the time which the callee asks for, as an `Option<Duration>`.",
    )
    .former(&["delay_of", "wait_for"]),
    CRATE,
];

pub(super) const TIMEOUT: &[OptionDef] = &[
    duration(
        "limit",
        "",
        "After this time the call is given up by dropping its future. Only for functions that return a future.",
    )
    .at(0)
    .required()
    .former(&["duration", "after", "timeout", "time"]),
    own_name("What the rejection and the metrics are called.").former(&["id"]),
    CRATE,
];

pub(super) const BULKHEAD: &[OptionDef] = &[
    name("The bulkhead. Functions with the same one share it.").former(&["bulkhead", "id"]),
    OptionDef::new(
        "concurrent",
        int(BulkheadSettings::MAX as u64),
        "`10`",
        "How many calls may run at the same time.",
    )
    .former(&[
        "max_concurrent",
        "max_concurrent_calls",
        "limit",
        "size",
        "permits",
    ]),
    OptionDef::new(
        "queue",
        ValueKind::Int {
            min: 0,
            max: BulkheadSettings::MAX as u64,
        },
        "`0`",
        "How many more may wait for their turn, in the order in which they came.",
    )
    .former(&["max_queue", "waiting", "queue_size"]),
    WAIT,
    CRATE,
];

pub(super) const RATE_LIMIT: &[OptionDef] = &[
    name("The limit. Functions with the same one share it.").former(&["limiter", "id"]),
    OptionDef::new(
        "calls",
        int(u32::MAX as u64),
        "`100`",
        "How many calls may begin, evenly over the time.",
    )
    .former(&["limit", "rate", "limit_for_period", "requests"]),
    OptionDef::new(
        "per",
        ValueKind::Duration {
            min: Duration::from_millis(1),
            max: RateLimitSettings::MAX_PER,
        },
        "`\"1s\"`",
        "In which time.",
    )
    .former(&["period", "interval", "window", "limit_refresh_period"]),
    OptionDef::new(
        "burst",
        int(u32::MAX as u64),
        "as many as `calls`",
        "How many of them may begin at once, after a time without calls.",
    )
    .former(&["capacity", "bucket"]),
    WAIT,
    CRATE,
];
