//! Each check with what is known of it.

use serde_json::{Map, Value, json};

use super::probes::code;
use super::values::{number, seconds};
use super::{Call, Page};
use crate::health::{Detail, Health, Report, Status, Verdict};
use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::lifecycle;

pub(in crate::http) const DETAILED: Page = Page::light(
    "Each health check with its status, the age and the duration of its last result, its last error and its details; version, environment and uptime of the service.",
    detailed,
);

fn detailed(_: &Call<'_>) -> Result<Answer, Problem> {
    let verdict = Verdict::whole();
    let state = lifecycle::state();
    let service = state.as_ref().map(|state| {
        let service = &state.config.service;
        json!({
            "name": service.name,
            "version": known(service.version),
            "environment": known(service.environment),
        })
    });
    let body = json!({
        "status": verdict.overall.as_str(),
        "reason": verdict.reason,
        "service": service,
        "uptime_seconds": state.as_ref().map(|state| seconds(state.started.elapsed())),
        "checks": checks(&verdict.checks),
    });
    Ok(Answer::from(body).with_status(code(verdict.overall)))
}

fn known(text: &'static str) -> Option<&'static str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Checks by their names.
pub(super) fn checks(checks: &[Report]) -> Value {
    let shown = checks
        .iter()
        .map(|check| (check.name.clone(), shown(check)));
    Value::Object(shown.collect())
}

fn shown(check: &Report) -> Value {
    json!({
        "status": check.status.map(Status::as_str),
        "kind": check.kind.as_str(),
        "critical": check.critical,
        "groups": check.groups,
        "message": check.health.as_ref().and_then(message),
        "details": check.health.as_ref().map(details),
        "signal": check.signal.as_ref().map(signal),
        "age_seconds": check.age.map(seconds),
        "duration_seconds": check.took.map(seconds),
        "running_seconds": check.running.map(seconds),
        "interval_seconds": seconds(check.interval),
        "timeout_seconds": seconds(check.timeout),
        "runs": check.runs,
        "failures_in_a_row": check.failures,
        "last_error": check.last_error.as_ref().map(|(message, age)| {
            json!({"message": message, "age_seconds": seconds(*age)})
        }),
    })
}

fn message(health: &Health) -> Option<&str> {
    Some(health.message()).filter(|message| !message.is_empty())
}

fn signal(health: &Health) -> Value {
    json!({"status": health.status().as_str(), "message": message(health)})
}

fn details(health: &Health) -> Value {
    let shown = health.details().iter().map(|(name, value)| {
        let value = match value {
            Detail::Text(text) => json!(text),
            Detail::Number(value) => exact(*value),
            Detail::Flag(flag) => json!(flag),
        };
        (name.clone().into_owned(), value)
    });
    Value::Object(shown.collect::<Map<_, _>>())
}

/// A whole number without a fraction, as the program wrote it.
fn exact(value: f64) -> Value {
    const ALL_EXACT_TO: f64 = 9_007_199_254_740_992.0;
    match value.fract() == 0.0 && value.abs() <= ALL_EXACT_TO {
        true => json!(value as i64),
        false => number(value),
    }
}
