//! A record as Elasticsearch wants it: one object of the Elastic Common Schema.
//!
//! The keys of the object are those of the schema and no others. What the program or a client chose is inside of
//! `labels`, as strings, and of `numeric_labels`, as floats: a field has one type in an index, and a record in which
//! it has another is refused.
//!
//! Sources: <https://www.elastic.co/guide/en/ecs/8.11/ecs-field-reference.html> and the specification of
//! `ecs-logging`.

mod keys;

use tracing::Level;

use self::keys::{Keys, Memory};
use super::draft::{Raw, View};
use super::json::{self, number, push, string};
use super::usual::Usual;
use super::{digits, stamp};
use crate::config::Service;
use crate::escape;

/// Attributes of the resource that have a field.
const RESOURCE: [(&str, &str); 10] = [
    ("service.instance.id", ",\"service.node.name\":\""),
    ("host.name", ",\"host.name\":\""),
    ("host.id", ",\"host.id\":\""),
    ("container.id", ",\"container.id\":\""),
    ("container.name", ",\"container.name\":\""),
    ("cloud.provider", ",\"cloud.provider\":\""),
    ("cloud.region", ",\"cloud.region\":\""),
    ("cloud.account.id", ",\"cloud.account.id\":\""),
    ("k8s.namespace.name", ",\"kubernetes.namespace\":\""),
    ("k8s.pod.name", ",\"kubernetes.pod.name\":\""),
];

/// Writes the records of one process.
#[derive(Debug)]
pub(crate) struct Ecs {
    /// What all of them have, with a comma before it.
    common: Vec<u8>,
    /// What those of a place have in common, and those of a thread.
    usual: Usual,
    /// The keys of what programs say.
    keys: Memory,
}

impl Ecs {
    /// For the records of a service on this host.
    pub(crate) fn new(service: &Service, host: Option<&str>, pid: u32) -> Self {
        let mut common = Vec::from(",\"ecs.version\":\"8.11.0\"");
        let mut add = |before, text: &str| {
            if !text.is_empty() {
                string(&mut common, before, text);
            }
        };
        add(",\"service.name\":\"", service.name);
        add(",\"service.version\":\"", service.version);
        add(",\"service.environment\":\"", service.environment);
        if !service.name.is_empty() {
            add(",\"event.dataset\":\"", &format!("{}.log", service.name));
        }
        let mut is_host_known = false;
        for (attribute, before) in RESOURCE {
            let mut known = service.attributes.iter();
            if let Some((_, value)) = known.find(|(name, _)| *name == attribute) {
                is_host_known |= attribute == "host.name";
                add(before, value);
            }
        }
        if !is_host_known {
            add(",\"host.name\":\"", host.unwrap_or_default());
        }
        number(&mut common, ",\"process.pid\":", pid);
        Self {
            common,
            usual: Usual::default(),
            keys: Memory::default(),
        }
    }

    /// Appends a record, without a line feed.
    pub(crate) fn write(&mut self, out: &mut Vec<u8>, record: View<'_>) {
        let head = record.head;
        push(out, "{\"@timestamp\":\"");
        stamp::write(out, head.time_unix_ns);
        string(out, behind_time(head.level), record.text(head.message));
        out.extend_from_slice(&self.common);
        write_place(out, record);
        self.usual.write_place(out, record, write_source);
        self.usual.write_thread(out, record, write_thread);
        write_error(out, record);
        let is_panic = record.is_panic();
        let is_trace = |key: &str, value: &Raw| is_panic && record.is_stack_trace(key, *value);
        self.keys.with(record, |keys| {
            write_said(out, ",\"labels\":{", record, keys, |key, value| {
                !is_number(value) && !is_trace(key, value)
            });
            write_said(out, ",\"numeric_labels\":{", record, keys, |_, value| {
                is_number(value)
            });
        });
        out.push(b'}');
    }
}

/// What stands between the time and the message.
const fn behind_time(level: Level) -> &'static str {
    match level {
        Level::TRACE => "\",\"log.level\":\"trace\",\"message\":\"",
        Level::DEBUG => "\",\"log.level\":\"debug\",\"message\":\"",
        Level::INFO => "\",\"log.level\":\"info\",\"message\":\"",
        Level::WARN => "\",\"log.level\":\"warn\",\"message\":\"",
        Level::ERROR => "\",\"log.level\":\"error\",\"message\":\"",
    }
}

/// The call, trace and request of the record.
fn write_place(out: &mut Vec<u8>, record: View<'_>) {
    let head = record.head;
    if let Some(place) = head.place {
        push(out, ",\"trace.id\":\"");
        let (trace_id, span_id) = (place.trace_id.get(), place.span_id.get());
        digits::push_ids(out, trace_id, "\",\"span.id\":\"", span_id);
        out.push(b'"');
    }
    if let Some(operation) = head.operation {
        string(out, ",\"event.action\":\"", operation);
    }
    if let Some(id) = head.request_id {
        string(out, ",\"http.request.id\":\"", record.text(id));
    }
    if let Some(id) = head.user_id {
        string(out, ",\"user.id\":\"", record.text(id));
    }
}

/// The place in the program.
fn write_source(out: &mut Vec<u8>, record: View<'_>) {
    let head = record.head;
    string(out, ",\"log.logger\":\"", record.text(head.target));
    if let Some(file) = head.file {
        string(out, ",\"log.origin.file.name\":\"", record.text(file));
    }
    if let Some(line) = head.line {
        number(out, ",\"log.origin.file.line\":", line);
    }
}

/// The thread.
fn write_thread(out: &mut Vec<u8>, record: View<'_>) {
    let head = record.head;
    number(out, ",\"process.thread.id\":", head.thread_id);
    if let Some(name) = head.thread {
        string(out, ",\"process.thread.name\":\"", record.text(name));
    }
}

/// The first error with its causes, or the panic.
fn write_error(out: &mut Vec<u8>, record: View<'_>) {
    if record.is_panic() {
        push(out, ",\"error.type\":\"panic\"");
        let message = record.text(record.head.message);
        string(out, ",\"error.message\":\"", message);
        if let Some(trace) = record.stack_trace() {
            string(out, ",\"error.stack_trace\":\"", trace);
        }
        return;
    }
    let mut errors = record.errors().map(|error| record.text(error));
    let Some(first) = errors.next() else { return };
    string(out, ",\"error.message\":\"", first);
    let mut causes = errors.peekable();
    if causes.peek().is_none() {
        return;
    }
    push(out, ",\"error.stack_trace\":\"");
    escape::write_json_bytes(out, first);
    for cause in causes {
        push(out, "\\nCaused by: ");
        escape::write_json_bytes(out, cause);
    }
    out.push(b'"');
}

/// What the program says, as far as the values are `wanted`.
fn write_said(
    out: &mut Vec<u8>,
    open: &'static str,
    record: View<'_>,
    keys: &Keys,
    wanted: impl Fn(&str, &Raw) -> bool,
) {
    let start = out.len();
    for (key, value) in keys.shown(record) {
        if wanted(key.said, value) {
            if out.len() == start {
                push(out, open);
            }
            key.write(out);
            write_value(out, record, value);
            out.push(b',');
        }
    }
    // No comma stands behind the last.
    if out.len() > start
        && let Some(last) = out.last_mut()
    {
        *last = b'}';
    }
}

/// Whether JSON has a number for it.
fn is_number(value: &Raw) -> bool {
    match value {
        Raw::I64(_) | Raw::U64(_) => true,
        Raw::F64(value) => value.is_finite(),
        Raw::Bool(_) | Raw::Text(_) => false,
    }
}

/// Numbers always as floats: the first one says what the field is for good.
fn write_value(out: &mut Vec<u8>, record: View<'_>, value: &Raw) {
    match value {
        Raw::Bool(true) => push(out, "\"true\""),
        Raw::Bool(false) => push(out, "\"false\""),
        Raw::I64(value) => whole(out, *value),
        Raw::U64(value) => whole(out, *value),
        Raw::F64(_) | Raw::Text(_) => json::write_value(out, record, value),
    }
}

fn whole(out: &mut Vec<u8>, value: impl itoa::Integer) {
    push(out, itoa::Buffer::new().format(value));
    push(out, ".0");
}

#[cfg(test)]
mod tests;
