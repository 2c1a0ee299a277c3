//! The last records of the log.

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ::http::StatusCode;
use obs_schema::monitoring::Level as Word;
use obs_schema::value::parse_duration;
use serde_json::{Map, Value, json};
use tracing::Level;

use super::span::attributes;
use super::values::time;
use super::{Call, Page};
use crate::http::answer::Answer;
use crate::http::params::Param;
use crate::http::problem::Problem;
use crate::log::{self, LogHandle, Query, Record};
use crate::rfc3339;

pub(in crate::http) const LOGS: Page = Page::heavy(
    "The last records of the log that are still in memory, the newest first.",
    logs,
)
.with(FILTER);

const FILTER: &[Param] = &[
    Param {
        name: "level",
        doc: "at least as severe as this: `error`, `warn`, `info`, `debug` or `trace`",
    },
    Param {
        name: "text",
        doc: "this occurs in the message, the target, a field, an error or the request, whatever the case",
    },
    Param {
        name: "trace_id",
        doc: "of the trace with this id, 32 hex digits",
    },
    Param {
        name: "target",
        doc: "the target begins with this",
    },
    Param {
        name: "since",
        doc: "of this time and later: `2026-08-06T12:00:00Z`, or `10m` ago",
    },
    Param {
        name: "until",
        doc: "before this time, written as `since`",
    },
    Param {
        name: "limit",
        doc: "how many at most, from 1 to 1000; 100 if left out",
    },
];

/// The largest `limit`.
const MAX_LIMIT: usize = 1000;

/// The log of the program.
pub(super) fn running() -> Result<LogHandle, Problem> {
    log::handle().ok_or_else(|| {
        let message =
            "the program has no log of obs; call `obs_runtime::start` or `obs_runtime::log::init`";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no_log", message)
    })
}

fn logs(call: &Call<'_>) -> Result<Answer, Problem> {
    let query = query(call)?;
    let found = running()?.recent(&query);
    let records: Vec<Value> = found.iter().map(|found| record(found)).collect();
    Ok(json!({ "records": records }).into())
}

fn query(call: &Call<'_>) -> Result<Query, Problem> {
    let params = call.params;
    let limit = params.count("limit", 1..=MAX_LIMIT)?;
    let mut query = Query::new().limit(limit.unwrap_or(Query::DEFAULT_LIMIT));
    if let Some(Severity(level)) = params.parsed("level")? {
        query = query.level(level);
    }
    if let Some(text) = params.get("text") {
        query = query.text(text);
    }
    if let Some(target) = params.get("target") {
        query = query.target(target);
    }
    if let Some(trace_id) = params.parsed("trace_id")? {
        query = query.trace_id(trace_id);
    }
    if let Some(Moment(since)) = params.parsed("since")? {
        query = query.since(since);
    }
    if let Some(Moment(until)) = params.parsed("until")? {
        query = query.until(until);
    }
    Ok(query)
}

/// How severe a record is.
struct Severity(Level);

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match Word::parse(text).map_err(|error| error.to_string())? {
            Word::Off => Err("no record has the level `off`; leave it out for all".to_owned()),
            Word::Error => Ok(Self(Level::ERROR)),
            Word::Warn => Ok(Self(Level::WARN)),
            Word::Info => Ok(Self(Level::INFO)),
            Word::Debug => Ok(Self(Level::DEBUG)),
            Word::Trace => Ok(Self(Level::TRACE)),
        }
    }
}

/// A point in time, or how long ago it was.
struct Moment(SystemTime);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(unix_ns) = rfc3339::read(text) {
            return Ok(Self(UNIX_EPOCH + Duration::from_nanos(unix_ns)));
        }
        let ago = parse_duration(text).ok();
        let moment = ago.map(|ago| SystemTime::now().checked_sub(ago).unwrap_or(UNIX_EPOCH));
        moment.map(Self).ok_or_else(|| {
            format!(
                "`{text}` is no time; write `2026-08-06T12:00:00Z`, or `10m` for ten minutes ago, and a `+` as `%2B`"
            )
        })
    }
}

/// A record with the keys of a line of JSON.
fn record(record: &Record) -> Value {
    let spans = record
        .spans
        .iter()
        .map(|span| json!({"name": span.name, "fields": attributes(&span.fields)}));
    let context = record.context.iter();
    let context: Map<_, _> = context
        .map(|(key, value)| (key.clone(), json!(value)))
        .collect();
    let mut json = json!({
        "timestamp": time(record.time_unix_ns),
        "level": record.level.as_str(),
        "target": record.target,
        "message": record.message,
        "trace_id": record.trace.map(|place| place.trace_id.to_string()),
        "span_id": record.trace.map(|place| place.span_id.to_string()),
        "operation": record.operation,
        "request_id": record.request_id,
        "user_id": record.user_id,
        "fields": attributes(&record.fields),
        "error_chain": record.error_chain,
        "attributes": attributes(&record.attributes),
        "context": context,
        "spans": spans.collect::<Vec<_>>(),
        "file": record.file,
        "line": record.line,
        "thread": record.thread.name.as_deref(),
        "thread_id": record.thread.id,
    });
    if let Some(members) = json.as_object_mut() {
        members.retain(|_, value| !is_empty(value));
    }
    json
}

/// As in a line, what has no value is left out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
