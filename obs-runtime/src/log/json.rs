//! A record as one line of JSON.

use super::escape;
use super::record::{Record, Scope};
use crate::rfc3339;
use crate::trace::{Attribute, Value};

/// What every line of the process has in common.
#[derive(Debug, Clone)]
pub(super) struct Common {
    pub(super) service: String,
    pub(super) pid: u32,
    /// Whether lines carry trace id and span id.
    pub(super) correlation: bool,
}

/// Appends a record as one JSON object, and a line feed.
///
/// The keys of the object are those of the module documentation of [`log`](super) and no others:
/// what the program or a client chose is inside `fields`, `attributes`, `context` and `spans`.
pub(super) fn write(out: &mut String, record: &Record, common: &Common) {
    let mut object = Object::begin(out);
    rfc3339::write(object.raw_string("timestamp"), record.time_unix_ns);
    object.end_raw_string();
    object.string("level", record.level.as_str());
    object.string("target", &record.target);
    object.string("message", &record.message);
    object.some_string("service", &common.service);
    write_place(&mut object, record, common);
    object.fields("fields", &record.fields);
    object.strings("error_chain", &record.error_chain);
    object.fields("attributes", &record.attributes);
    write_context(&mut object, &record.context);
    write_spans(&mut object, &record.spans);
    write_source(&mut object, record, common);
    object.end();
    out.push('\n');
}

/// The call, trace and request of the record.
fn write_place(object: &mut Object<'_>, record: &Record, common: &Common) {
    if let (Some(place), true) = (record.trace, common.correlation) {
        object.string("trace_id", &place.trace_id.hex());
        object.string("span_id", &place.span_id.hex());
    }
    if let Some(operation) = record.operation {
        object.string("operation", operation);
    }
    if let Some(id) = &record.request_id {
        object.string("request_id", id);
    }
    if let Some(id) = &record.user_id {
        object.string("user_id", id);
    }
}

fn write_context(object: &mut Object<'_>, context: &[(String, String)]) {
    if context.is_empty() {
        return;
    }
    let mut inner = Object::begin(object.key("context"));
    for (key, value) in context {
        inner.string(key, value);
    }
    inner.end();
}

fn write_spans(object: &mut Object<'_>, spans: &[Scope]) {
    if spans.is_empty() {
        return;
    }
    let out = object.key("spans");
    for (index, span) in spans.iter().enumerate() {
        out.push(if index == 0 { '[' } else { ',' });
        let mut inner = Object::begin(out);
        inner.string("name", span.name);
        inner.fields("fields", &span.fields);
        inner.end();
    }
    out.push(']');
}

/// The place in the program: source, process, thread.
fn write_source(object: &mut Object<'_>, record: &Record, common: &Common) {
    if let Some(file) = &record.file {
        object.string("file", file);
    }
    if let Some(line) = record.line {
        object.number("line", u64::from(line));
    }
    object.number("pid", u64::from(common.pid));
    if let Some(name) = &record.thread.name {
        object.string("thread", name);
    }
    object.number("thread_id", record.thread.id);
}

/// A JSON object that is being written.
struct Object<'a> {
    out: &'a mut String,
    empty: bool,
}

impl<'a> Object<'a> {
    fn begin(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, empty: true }
    }

    fn end(self) {
        self.out.push('}');
    }

    /// Writes a key; its value comes next.
    fn key(&mut self, key: &str) -> &mut String {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        write_string(self.out, key);
        self.out.push(':');
        self.out
    }

    fn string(&mut self, key: &str, value: &str) {
        write_string(self.key(key), value);
    }

    fn some_string(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.string(key, value);
        }
    }

    /// Opens a string that the caller writes and that needs no escapes.
    fn raw_string(&mut self, key: &str) -> &mut String {
        let out = self.key(key);
        out.push('"');
        out
    }

    fn end_raw_string(&mut self) {
        self.out.push('"');
    }

    fn number(&mut self, key: &str, value: u64) {
        let mut buffer = itoa::Buffer::new();
        self.key(key).push_str(buffer.format(value));
    }

    fn strings(&mut self, key: &str, values: &[String]) {
        if values.is_empty() {
            return;
        }
        let out = self.key(key);
        for (index, value) in values.iter().enumerate() {
            out.push(if index == 0 { '[' } else { ',' });
            write_string(out, value);
        }
        out.push(']');
    }

    fn fields(&mut self, key: &str, fields: &[Attribute]) {
        if fields.is_empty() {
            return;
        }
        let mut inner = Object::begin(self.key(key));
        for (key, value) in fields {
            write_value(inner.key(key), value);
        }
        inner.end();
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    escape::write_json(out, text);
    out.push('"');
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::I64(value) => out.push_str(itoa::Buffer::new().format(*value)),
        Value::U64(value) => out.push_str(itoa::Buffer::new().format(*value)),
        Value::F64(value) if value.is_finite() => {
            out.push_str(zmij::Buffer::new().format_finite(*value));
        }
        // JSON has no numbers for these; the words are those of the JSON form of Protocol Buffers.
        Value::F64(value) if value.is_nan() => out.push_str("\"NaN\""),
        Value::F64(value) if *value > 0.0 => out.push_str("\"Infinity\""),
        Value::F64(_) => out.push_str("\"-Infinity\""),
        Value::Str(text) => write_string(out, text),
    }
}

#[cfg(test)]
mod tests;
