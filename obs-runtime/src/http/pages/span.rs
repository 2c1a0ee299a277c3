//! A span as JSON.

use obs_schema::def::CallOutcome;
use serde_json::{Map, Value, json};

use super::values::{millis, number, time};
use crate::trace::{self, Attribute, SpanData, SpanEvent, SpanLink};

/// Everything that is known of a span of a trace that began at `start`.
pub(super) fn whole(span: &SpanData, start: u64) -> Value {
    let events: Vec<Value> = span.events.iter().map(event).collect();
    let links: Vec<Value> = span.links.iter().map(link).collect();
    let mut json = brief(span);
    if let Some(fields) = json.as_object_mut() {
        let offset = span.start_unix_ns.saturating_sub(start);
        let code = &span.code;
        for (name, value) in [
            ("parent_id", json!(span.parent_id.map(|id| id.to_string()))),
            ("parent_is_remote", json!(span.parent_is_remote)),
            ("start", time(span.start_unix_ns)),
            ("offset_ms", millis(offset)),
            ("duration_ms", millis(span.duration_ns)),
            ("attributes", attributes(&span.attributes)),
            ("events", json!(events)),
            ("links", json!(links)),
            (
                "code",
                json!({"function": code.function, "file": code.file, "line": code.line}),
            ),
            (
                "dropped",
                json!({
                    "attributes": span.dropped.attributes,
                    "events": span.dropped.events,
                    "links": span.dropped.links,
                }),
            ),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    json
}

/// What tells a span from others.
pub(super) fn brief(span: &SpanData) -> Value {
    json!({
        "span_id": span.span_id.to_string(),
        "name": span.name,
        "kind": span.kind.as_str(),
        "status": span.status.as_str(),
        "status_message": span.status_message,
        "outcome": span.outcome.map(CallOutcome::as_str),
    })
}

/// Keys with their values.
pub(super) fn attributes(attributes: &[Attribute]) -> Value {
    let field = |(name, value): &Attribute| (name.to_string(), self::value(value));
    Value::Object(attributes.iter().map(field).collect::<Map<_, _>>())
}

fn value(value: &trace::Value) -> Value {
    match value {
        trace::Value::Bool(value) => json!(value),
        trace::Value::I64(value) => json!(value),
        trace::Value::U64(value) => json!(value),
        trace::Value::F64(value) => number(*value),
        trace::Value::Str(value) => json!(value),
    }
}

fn event(event: &SpanEvent) -> Value {
    json!({
        "name": event.name,
        "time": time(event.time_unix_ns),
        "attributes": attributes(&event.attributes),
    })
}

fn link(link: &SpanLink) -> Value {
    json!({
        "trace_id": link.context.trace_id.to_string(),
        "span_id": link.context.span_id.to_string(),
        "attributes": attributes(&link.attributes),
    })
}
