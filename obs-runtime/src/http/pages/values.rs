//! Values as JSON shows them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::metric::snapshot::Kind;
use crate::rfc3339;

/// A point in time: RFC 3339, UTC.
pub(super) fn time(unix_ns: u64) -> Value {
    let mut text = String::new();
    rfc3339::write(&mut text, unix_ns);
    Value::String(text)
}

/// The same of a time of the system clock.
pub(super) fn system_time(time: SystemTime) -> Value {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    self::time(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

/// Nanoseconds as milliseconds.
pub(super) fn millis(nanos: u64) -> Value {
    json!(nanos as f64 / 1e6)
}

/// A duration in seconds.
pub(super) fn seconds(duration: Duration) -> Value {
    json!(duration.as_secs_f64())
}

/// A real number. JSON has no infinities and no NaN; they are shown as text.
pub(super) fn number(value: f64) -> Value {
    if value.is_finite() {
        json!(value)
    } else {
        json!(value.to_string())
    }
}

/// The word for a kind of metric.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
        Kind::Summary => "summary",
        Kind::Info => "info",
    }
}
