//! A trace for machines: a line per span, each an object with the names of `/monitoring/traces`.

use std::fmt::Write;

use obs_schema::def::CallOutcome;

use crate::trace::{Attribute, SpanData, Trace, Value};
use crate::{escape, rfc3339};

/// Appends a trace, its spans in the order in which they ended.
pub(super) fn write(out: &mut String, trace: &Trace) {
    for span in &trace.spans {
        write_span(out, trace, span);
        out.push('\n');
    }
}

fn write_span(out: &mut String, trace: &Trace, span: &SpanData) {
    let id = |id: Option<_>| id.map(|id: crate::trace::SpanId| id.to_string());
    let _ = write!(out, r#"{{"trace_id":"{}""#, trace.trace_id);
    write_text(out, "span_id", id(Some(span.span_id)).as_deref());
    write_text(out, "parent_id", id(span.parent_id).as_deref());
    let _ = write!(out, r#","parent_is_remote":{}"#, span.parent_is_remote);
    write_text(out, "name", Some(&span.name));
    write_text(out, "kind", Some(span.kind.as_str()));
    write_time(out, "start", span.start_unix_ns);
    let millis = span.duration_ns as f64 / 1e6;
    let _ = write!(out, r#","duration_ms":{millis}"#);
    write_text(out, "status", Some(span.status.as_str()));
    write_text(out, "status_message", span.status_message.as_deref());
    write_text(out, "outcome", span.outcome.map(CallOutcome::as_str));
    write_text(out, "kept", Some(trace.keep.as_str()));
    write_attributes(out, &span.attributes);
    write_list(out, "events", &span.events, |out, event| {
        let _ = out.write_str(r#"{"name":"#);
        write_quoted(out, &event.name);
        write_time(out, "time", event.time_unix_ns);
        write_attributes(out, &event.attributes);
    });
    write_list(out, "links", &span.links, |out, link| {
        let _ = write!(out, r#"{{"trace_id":"{}""#, link.context.trace_id);
        write_text(out, "span_id", id(Some(link.context.span_id)).as_deref());
        write_attributes(out, &link.attributes);
    });
    out.push_str(r#","code":{"function":"#);
    write_quoted(out, span.code.function);
    write_text(out, "file", Some(span.code.file));
    let _ = write!(out, r#","line":{}}}}}"#, span.code.line);
}

/// A list of objects; `write` leaves the last brace to this.
fn write_list<T>(out: &mut String, name: &str, items: &[T], write: impl Fn(&mut String, &T)) {
    let _ = write!(out, r#","{name}":["#);
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write(out, item);
        out.push('}');
    }
    out.push(']');
}

fn write_attributes(out: &mut String, attributes: &[Attribute]) {
    out.push_str(r#","attributes":{"#);
    for (position, (name, value)) in attributes.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write_quoted(out, name);
        out.push(':');
        match value {
            Value::Str(text) => write_quoted(out, text),
            // JSON has no infinity and no NaN.
            Value::F64(number) if !number.is_finite() => out.push_str("null"),
            value => {
                let _ = write!(out, "{value}");
            }
        }
    }
    out.push('}');
}

fn write_time(out: &mut String, name: &str, unix_ns: u64) {
    let _ = write!(out, r#","{name}":""#);
    rfc3339::write(out, unix_ns);
    out.push('"');
}

fn write_text(out: &mut String, name: &str, text: Option<&str>) {
    let _ = write!(out, r#","{name}":"#);
    match text {
        Some(text) => write_quoted(out, text),
        None => out.push_str("null"),
    }
}

fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    escape::write_json(out, text);
    out.push('"');
}
