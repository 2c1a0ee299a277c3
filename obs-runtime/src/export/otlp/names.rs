//! What metrics and labels are called by OpenTelemetry.
//!
//! Here a name ends in its unit and in its type, as Prometheus has it; there the unit is apart, in UCUM, and the
//! type is not in the name. A receiver that writes to Prometheus puts both back, so the name is the same in the end.
//!
//! Source: <https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/>

use super::value::Value;
use crate::metric::snapshot::{Family, Kind};

/// Units in words and in UCUM.
const UNITS: [(&str, &str); 15] = [
    ("seconds", "s"),
    ("bytes", "By"),
    ("ratio", "1"),
    ("celsius", "Cel"),
    ("kelvin", "K"),
    ("meters", "m"),
    ("grams", "g"),
    ("joules", "J"),
    ("volts", "V"),
    ("amperes", "A"),
    ("moles", "mol"),
    ("hertz", "Hz"),
    ("watts", "W"),
    ("ohms", "Ohm"),
    ("pascals", "Pa"),
];

pub(super) const ACTIVE_REQUESTS: &str = "http.server.active_requests";

/// Metrics that the semantic conventions have, without unit.
const METRICS: [(&str, &str); 3] = [
    (
        "http_server_request_duration",
        "http.server.request.duration",
    ),
    ("http_server_active_requests", ACTIVE_REQUESTS),
    (
        "db_client_operation_duration",
        "db.client.operation.duration",
    ),
];

/// Labels that the semantic conventions have.
const LABELS: [(&str, &str); 6] = [
    ("http_request_method", "http.request.method"),
    ("http_response_status_code", "http.response.status_code"),
    ("http_route", "http.route"),
    ("db_system_name", "db.system.name"),
    ("db_operation_name", "db.operation.name"),
    ("db_collection_name", "db.collection.name"),
];

/// The name of a family and its unit.
pub(super) fn metric(family: &Family) -> (&str, &str) {
    let name = match family.kind {
        Kind::Counter => without(&family.name, "total"),
        _ => &family.name,
    };
    let unit = &*family.unit;
    let name = find(&METRICS, without(name, unit));
    (name, counted(name).unwrap_or_else(|| find(&UNITS, unit)))
}

/// What a metric counts that goes up and down, by its name in OpenTelemetry: the sum of all that began and of all that
/// ended, which several processes add up. To Prometheus it is a gauge like any other, without unit.
pub(super) fn counted(metric: &str) -> Option<&'static str> {
    (metric == ACTIVE_REQUESTS).then_some("{request}")
}

/// The attribute of a label. Statuses of HTTP are numbers there.
pub(super) fn label<'a>(name: &'a str, value: &'a str) -> (&'a str, Value<'a>) {
    let number = match name {
        "http_response_status_code" => value.parse().ok(),
        _ => None,
    };
    (
        find(&LABELS, name),
        number.map_or(Value::Text(value), Value::Int),
    )
}

/// The name without this as its last word.
fn without<'a>(name: &'a str, word: &str) -> &'a str {
    let rest = name.strip_suffix(word);
    let rest = rest.and_then(|rest| rest.strip_suffix('_'));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

fn find<'a>(table: &[(&str, &'static str)], name: &'a str) -> &'a str {
    let found = table.iter().find(|(known, _)| *known == name);
    found.map_or(name, |(_, other)| other)
}
