//! A record as one line of JSON.

use super::draft::{Raw, Text, View};
use super::usual::Usual;
use super::{digits, stamp};
use crate::escape;

/// What every line of the process has in common.
#[derive(Debug, Clone)]
pub(super) struct Common {
    pub(super) service: String,
    /// Tells the process: a forked child is another one.
    pub(super) pid: fn() -> u32,
    /// Whether lines carry trace id and span id.
    pub(super) correlation: bool,
    /// The member of the object that every line has, with the comma before it.
    json_service: Vec<u8>,
}

impl Common {
    pub(super) fn new(service: String, pid: fn() -> u32, correlation: bool) -> Self {
        let mut json_service = Vec::new();
        if !service.is_empty() {
            string(&mut json_service, ",\"service\":\"", &service);
        }
        Self {
            json_service,
            service,
            pid,
            correlation,
        }
    }
}

/// What lines have in common with others.
pub(super) type UsualJson = Usual<Place>;

/// What all lines of a place in the program have in common.
#[derive(Debug)]
pub(super) struct Place {
    /// Between the time and the message.
    head: Vec<u8>,
    /// Behind all that the program says.
    source: Vec<u8>,
}

/// Appends a record as one JSON object, and a line feed.
///
/// The keys of the object are those of the module documentation of [`log`](super) and no others:
/// what the program or a client chose is inside `fields`, `attributes`, `context` and `spans`.
pub(super) fn write(out: &mut Vec<u8>, record: View<'_>, common: &Common, usual: &mut UsualJson) {
    let head = record.head;
    push(out, "{\"timestamp\":\"");
    stamp::write(out, head.time_unix_ns);
    let place = usual.of_place(record, || Place::new(record));
    match place {
        Some(place) => out.extend_from_slice(&place.head),
        None => write_head(out, record),
    }
    string(out, ",\"message\":\"", record.text(head.message));
    out.extend_from_slice(&common.json_service);
    write_place(out, record, common);
    write_fields(out, ",\"fields\":{", record, record.fields());
    write_errors(out, record);
    write_fields(out, ",\"attributes\":{", record, record.attributes());
    write_context(out, record);
    write_spans(out, record);
    match place {
        Some(place) => out.extend_from_slice(&place.source),
        None => write_source(out, record),
    }
    number(out, ",\"pid\":", (common.pid)());
    usual.write_thread(out, record, write_thread);
    push(out, "}\n");
}

impl Place {
    fn new(record: View<'_>) -> Self {
        let (mut head, mut source) = (Vec::new(), Vec::new());
        write_head(&mut head, record);
        write_source(&mut source, record);
        Self { head, source }
    }
}

fn write_head(out: &mut Vec<u8>, record: View<'_>) {
    push(out, "\",\"level\":\"");
    push(out, record.head.level.as_str());
    string(out, "\",\"target\":\"", record.text(record.head.target));
}

/// The call, trace and request of the record.
fn write_place(out: &mut Vec<u8>, record: View<'_>, common: &Common) {
    let head = record.head;
    if let (Some(place), true) = (head.place, common.correlation) {
        push(out, ",\"trace_id\":\"");
        let (trace_id, span_id) = (place.trace_id.get(), place.span_id.get());
        digits::push_ids(out, trace_id, "\",\"span_id\":\"", span_id);
        out.push(b'"');
    }
    if let Some(operation) = head.operation {
        string(out, ",\"operation\":\"", operation);
    }
    if let Some(id) = head.request_id {
        string(out, ",\"request_id\":\"", record.text(id));
    }
    if let Some(id) = head.user_id {
        string(out, ",\"user_id\":\"", record.text(id));
    }
}

fn write_errors(out: &mut Vec<u8>, record: View<'_>) {
    let mut list = Brackets::new(out, ",\"error_chain\":[", b']');
    for error in record.errors() {
        let out = list.element();
        write_string(out, record.text(error));
    }
    list.end();
}

fn write_context(out: &mut Vec<u8>, record: View<'_>) {
    let mut object = Brackets::new(out, ",\"context\":{", b'}');
    for (key, value) in record.context() {
        let out = object.element();
        write_string(out, record.text(key));
        string(out, ":\"", record.text(value));
    }
    object.end();
}

fn write_spans(out: &mut Vec<u8>, record: View<'_>) {
    let mut list = Brackets::new(out, ",\"spans\":[", b']');
    for (name, fields) in record.spans() {
        let out = list.element();
        string(out, "{\"name\":\"", name);
        write_fields(out, ",\"fields\":{", record, fields);
        out.push(b'}');
    }
    list.end();
}

/// The place in the program.
fn write_source(out: &mut Vec<u8>, record: View<'_>) {
    let head = record.head;
    if let Some(file) = head.file {
        string(out, ",\"file\":\"", record.text(file));
    }
    if let Some(line) = head.line {
        number(out, ",\"line\":", line);
    }
}

/// The thread.
fn write_thread(out: &mut Vec<u8>, record: View<'_>) {
    if let Some(name) = record.head.thread {
        string(out, ",\"thread\":\"", record.text(name));
    }
    number(out, ",\"thread_id\":", record.head.thread_id);
}

fn write_fields(
    out: &mut Vec<u8>,
    open: &'static str,
    record: View<'_>,
    fields: impl Iterator<Item = (Text, Raw)>,
) {
    let mut object = Brackets::new(out, open, b'}');
    for (key, value) in fields {
        let out = object.element();
        out.push(b'"');
        escape::write_json_bytes(out, record.text(key));
        push(out, "\":");
        write_value(out, record, &value);
    }
    object.end();
}

/// A list or an object that is not there when it is empty.
pub(super) struct Brackets<'a> {
    out: &'a mut Vec<u8>,
    open: &'static str,
    close: u8,
    empty: bool,
}

impl<'a> Brackets<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>, open: &'static str, close: u8) -> Self {
        Self {
            out,
            open,
            close,
            empty: true,
        }
    }

    /// Where the next element comes.
    pub(super) fn element(&mut self) -> &mut Vec<u8> {
        let empty = std::mem::replace(&mut self.empty, false);
        push(self.out, if empty { self.open } else { "," });
        self.out
    }

    pub(super) fn end(self) {
        if !self.empty {
            self.out.push(self.close);
        }
    }
}

#[inline]
pub(super) fn push(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// What comes before a text, its quote included, and the text.
#[inline]
pub(super) fn string(out: &mut Vec<u8>, before: &'static str, text: &str) {
    push(out, before);
    escape::write_json_bytes(out, text);
    out.push(b'"');
}

#[inline]
pub(super) fn number(out: &mut Vec<u8>, before: &'static str, number: impl itoa::Integer) {
    push(out, before);
    push(out, itoa::Buffer::new().format(number));
}

pub(super) fn write_string(out: &mut Vec<u8>, text: &str) {
    string(out, "\"", text);
}

pub(super) fn write_value(out: &mut Vec<u8>, record: View<'_>, value: &Raw) {
    match *value {
        Raw::Bool(true) => push(out, "true"),
        Raw::Bool(false) => push(out, "false"),
        Raw::I64(value) => push(out, itoa::Buffer::new().format(value)),
        Raw::U64(value) => push(out, itoa::Buffer::new().format(value)),
        Raw::F64(value) if value.is_finite() => {
            push(out, zmij::Buffer::new().format_finite(value));
        }
        // JSON has no numbers for these; the words are those of the JSON form of Protocol Buffers.
        Raw::F64(value) if value.is_nan() => push(out, "\"NaN\""),
        Raw::F64(value) if value > 0.0 => push(out, "\"Infinity\""),
        Raw::F64(_) => push(out, "\"-Infinity\""),
        Raw::Text(text) => write_string(out, record.text(text)),
    }
}

#[cfg(test)]
mod tests;
