//! Options of `#[health_check]`.

use core::time::Duration;

use super::operation::{CRATE, constant};
use super::{OptionDef, ValueKind};
use crate::health::{CheckSettings, HealthKind};
use crate::name::NameOf;

const THRESHOLD: ValueKind = ValueKind::Int {
    min: 1,
    max: CheckSettings::MAX_THRESHOLD as u64,
};

const fn time(min: Duration) -> ValueKind {
    ValueKind::Duration {
        min,
        max: CheckSettings::MAX_TIME,
    }
}

pub(super) const HEALTH_CHECK: &[OptionDef] = &[
    OptionDef::new(
        "name",
        ValueKind::Name(NameOf::Check),
        "",
        "The check: the label `check` of `health_check_status`.",
    )
    .at(0)
    .required()
    .former(&["check", "id", "component"]),
    OptionDef::new(
        "kind",
        ValueKind::Word(HealthKind::WORDS),
        "`readiness`",
        "The probe that it decides. A liveness check is a function without arguments, not `async`, that returns `Liveness`: it cannot ask another process.",
    )
    .former(&["probe", "type", "check_type"]),
    OptionDef::new(
        "timeout",
        time(CheckSettings::MIN_TIMEOUT),
        "`health.timeout` of the configuration, or less where `interval` is shorter",
        "After how long an attempt has failed. All attempts together are below `interval`.",
    )
    .former(&["deadline", "time_limit"]),
    OptionDef::new(
        "interval",
        time(CheckSettings::MIN_INTERVAL),
        "`health.interval` of the configuration, or more where `timeout` is longer",
        "The time from one run to the next.",
    )
    .former(&["period", "every", "frequency"]),
    OptionDef::new(
        "initial_delay",
        time(Duration::ZERO),
        "`\"0s\"`",
        "How long the first run waits after the start.",
    )
    .former(&["delay", "start_delay", "start_period"]),
    OptionDef::new(
        "critical",
        ValueKind::Switch,
        "`true`",
        "Whether a failure turns the probe off. Otherwise it is a warning at `/health`.",
    )
    .former(&["required", "essential", "important"]),
    OptionDef::new(
        "retries",
        ValueKind::Int { min: 0, max: CheckSettings::MAX_RETRIES as u64 },
        "`0`",
        "Further attempts within a run, before the run has failed.",
    )
    .former(&["retry", "attempts"]),
    OptionDef::new(
        "unhealthy_threshold",
        THRESHOLD,
        "`1`",
        "How many runs in a row must fail before the check is unhealthy. The first result of all decides by itself.",
    )
    .former(&["failure_threshold", "failures"]),
    OptionDef::new(
        "healthy_threshold",
        THRESHOLD,
        "`1`",
        "How many runs in a row must succeed before an unhealthy check is healthy again.",
    )
    .former(&["success_threshold", "successes"]),
    OptionDef::new(
        "group",
        ValueKind::Name(NameOf::Group),
        "none",
        "A group that is asked at `/health/{group}`.",
    )
    .former(&["groups", "tag", "tags"]),
    constant(
        "traffic",
        "the name of the check",
        "The API of `#[track_external_api]` or the `system` of `#[track_db_query]` whose calls say how a check of readiness is.",
    )
    .former(&["feed", "dependency", "calls_of"]),
    CRATE,
];
