//! Log records as OTLP wants them.
//!
//! The target of a record is an attribute and not the name of a scope, as it is in
//! some other libraries: records would have to be sorted by it before they are sent.
//!
//! Sources: `opentelemetry/proto/logs/v1/logs.proto` and
//! <https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/>.

use tracing::Level;

use super::value::{Value, any_value, attribute};
use super::wire;
use crate::context::{REQUEST_ID, USER_ID};
use crate::export::records::Encode;
use crate::log::ship::{Item, Raw, Usual, View};

/// `ScopeLogs.log_records`.
const LOG_RECORDS: u32 = 2;

const TIME: u32 = 1;
const BODY: u32 = 5;
const ATTRIBUTES: u32 = 6;
const FLAGS: u32 = 8;
const TRACE_ID: u32 = 9;
const SPAN_ID: u32 = 10;
const OBSERVED_TIME: u32 = 11;
const EVENT_NAME: u32 = 12;

/// Encodes records.
#[derive(Debug, Default)]
pub(super) struct Logs {
    /// What those of a place have in common, and those of a thread.
    usual: Usual,
}

impl Encode for Logs {
    fn encode(&mut self, out: &mut Vec<u8>, record: View<'_>) {
        wire::long_message(out, LOG_RECORDS, |out| {
            let head = record.head;
            wire::fixed64(out, TIME, head.time_unix_ns);
            out.extend_from_slice(severity(head.level));
            let message = record.text(head.message);
            if !message.is_empty() {
                any_value(out, BODY, Value::Text(message));
            }
            said(out, record);
            known(out, record, &mut self.usual);
            if let Some(place) = head.place {
                wire::fixed32(out, FLAGS, head.flags.into());
                wire::few_bytes(out, TRACE_ID, &place.trace_id.get().to_be_bytes());
                wire::few_bytes(out, SPAN_ID, &place.span_id.get().to_be_bytes());
            }
            wire::fixed64(out, OBSERVED_TIME, head.time_unix_ns);
            if record.is_panic() {
                wire::bytes(out, EVENT_NAME, b"exception");
            }
        });
    }
}

/// `severity_number` and `severity_text`, encoded: fields 2 and 3.
const fn severity(level: Level) -> &'static [u8] {
    match level {
        Level::TRACE => b"\x10\x01\x1a\x05TRACE",
        Level::DEBUG => b"\x10\x05\x1a\x05DEBUG",
        Level::INFO => b"\x10\x09\x1a\x04INFO",
        Level::WARN => b"\x10\x0d\x1a\x04WARN",
        Level::ERROR => b"\x10\x11\x1a\x05ERROR",
    }
}

/// What the program says: fields of the event, attributes of the call, fields of the spans around, keys of the request.
/// Of those with the same key the first in this order counts, and of spans the innermost.
fn said(out: &mut Vec<u8>, record: View<'_>) {
    for (at, item) in record.items.iter().enumerate() {
        let Some((rank, key, value)) = keyed(record, item) else {
            continue;
        };
        let rest = record.items.get(at + 1..).unwrap_or_default();
        let is_hidden = rank > 0
            && (has(record, record.items, key, |other| other < rank)
                || has(record, rest, key, |other| other == rank));
        if !is_hidden {
            attribute(out, ATTRIBUTES, key, value);
        }
    }
}

/// The keys of what is known beside.
const KNOWN: [&str; 10] = [
    "log.target",
    "code.file.path",
    "code.line.number",
    "thread.id",
    "thread.name",
    "operation",
    REQUEST_ID,
    USER_ID,
    "exception.type",
    "exception.message",
];

/// What is known beside, where the program does not say it itself.
fn known(out: &mut Vec<u8>, record: View<'_>, usual: &mut Usual) {
    let head = record.head;
    // Programs seldom do, so that one look at their keys is mostly enough.
    let mut keys = record.items.iter().filter_map(|item| keyed(record, item));
    let is_said = keys.any(|(_, key, _)| KNOWN.contains(&key));
    let unless_said = |out: &mut Vec<u8>, key: &str, value: Value<'_>| {
        if !has(record, record.items, key, |_| true) {
            add(out, key, value);
        }
    };
    let add: &Add<'_> = if is_said { &unless_said } else { &add };
    if is_said {
        place(out, record, add);
        thread(out, record, add);
    } else {
        usual.write_place(out, record, |out, record| place(out, record, &self::add));
        usual.write_thread(out, record, |out, record| thread(out, record, &self::add));
    }
    if let Some(operation) = head.operation {
        add(out, "operation", Value::Text(operation));
    }
    if let Some(id) = head.request_id {
        add(out, REQUEST_ID, Value::Text(record.text(id)));
    }
    if let Some(id) = head.user_id {
        add(out, USER_ID, Value::Text(record.text(id)));
    }
    if record.is_panic() {
        add(out, "exception.type", Value::Text("panic"));
        add(
            out,
            "exception.message",
            Value::Text(record.text(head.message)),
        );
    } else if let Some(error) = record.errors().next() {
        // What type it is of is not known: it came as `dyn Error`. Its field has the causes too.
        add(out, "exception.message", Value::Text(record.text(error)));
    }
}

/// Appends an attribute, or not.
type Add<'a> = dyn Fn(&mut Vec<u8>, &str, Value<'_>) + 'a;

fn add(out: &mut Vec<u8>, key: &str, value: Value<'_>) {
    attribute(out, ATTRIBUTES, key, value);
}

/// Where it was logged.
fn place(out: &mut Vec<u8>, record: View<'_>, add: &Add<'_>) {
    let head = record.head;
    add(out, "log.target", Value::Text(record.text(head.target)));
    if let Some(file) = head.file {
        add(out, "code.file.path", Value::Text(record.text(file)));
    }
    if let Some(line) = head.line {
        add(out, "code.line.number", Value::Int(line.into()));
    }
}

/// On which thread.
fn thread(out: &mut Vec<u8>, record: View<'_>, add: &Add<'_>) {
    let head = record.head;
    if let Ok(id) = i64::try_from(head.thread_id) {
        add(out, "thread.id", Value::Int(id));
    }
    if let Some(name) = head.thread {
        add(out, "thread.name", Value::Text(record.text(name)));
    }
}

/// Whether one of these items has this key, and a wanted rank.
fn has(record: View<'_>, items: &[Item], key: &str, wanted: impl Fn(u8) -> bool) -> bool {
    items.iter().any(|item| {
        keyed(record, item).is_some_and(|(rank, other, _)| wanted(rank) && other == key)
    })
}

/// What is an attribute in an item, and how far it stands behind others of the same key.
fn keyed<'a>(record: View<'a>, item: &Item) -> Option<(u8, &'a str, Value<'a>)> {
    let (rank, key, value) = item.keyed()?;
    let value = match *value {
        Raw::Bool(value) => Value::Bool(value),
        Raw::I64(value) => Value::Int(value),
        Raw::U64(value) => Value::Uint(value),
        Raw::F64(value) => Value::Float(value),
        Raw::Text(text) => Value::Text(record.text(text)),
    };
    Some((rank, record.text(key), value))
}
