//! What a log record is, whatever it will be written as.

use std::borrow::Cow;
use std::sync::Arc;

use tracing::Level;

use crate::trace::{Attribute, SpanId, TraceId, Value};

/// Bytes of a message or of the text of one field; the rest is cut off, and counted.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;
/// Causes of an error that are followed.
pub const MAX_CAUSES: usize = 16;
/// Enclosing `tracing` spans that a record names: the innermost ones.
pub const MAX_SPANS: usize = 32;

/// A log record: one event, and what was known where it happened.
///
/// What the program says itself is in `message` and `fields`; everything else was added. They are
/// apart, so a field called `level` or `trace_id` changes nothing but `fields`. Of a key that
/// occurs twice in one list, the last value counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// When it happened, in nanoseconds since 1970 UTC.
    pub time_unix_ns: u64,
    /// How severe it is.
    pub level: Level,
    /// The module, or what the event says instead.
    pub target: Cow<'static, str>,
    /// The source file, if known.
    pub file: Option<Cow<'static, str>>,
    /// The line in the file, if known.
    pub line: Option<u32>,
    /// The text; empty if there is none.
    pub message: String,
    /// The fields of the event.
    pub fields: Vec<Attribute>,
    /// The first field that is an error, then its causes, at most [`MAX_CAUSES`]. Empty without one.
    pub error_chain: Vec<String>,
    /// The thread that it happened on.
    pub thread: Thread,
    /// The trace that it happened in.
    pub trace: Option<Place>,
    /// The annotated call that it happened in.
    pub operation: Option<&'static str>,
    /// Labels and attributes of that call.
    pub attributes: Vec<Attribute>,
    /// The id of the request at hand.
    pub request_id: Option<String>,
    /// The user of the request at hand.
    pub user_id: Option<String>,
    /// Further keys of the request at hand.
    pub context: Vec<(String, String)>,
    /// The enclosing spans of other libraries, outermost first.
    pub spans: Vec<Scope>,
}

/// Where in a trace a record belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The trace.
    pub trace_id: TraceId,
    /// The span in it.
    pub span_id: SpanId,
}

/// The thread of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// A number that no other thread of the process ever has; not the number of the operating system.
    pub id: u64,
    /// Its name, if it has one.
    pub name: Option<Arc<str>>,
}

/// A `tracing` span around a record, other than that of an annotated call.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The span's name.
    pub name: &'static str,
    /// What was recorded on the span so far.
    pub fields: Arc<Vec<Attribute>>,
}

impl Record {
    /// A record of which nothing else is known.
    #[cfg(test)]
    pub(crate) fn empty(level: Level) -> Self {
        Self {
            time_unix_ns: 0,
            level,
            target: Cow::Borrowed(""),
            file: None,
            line: None,
            message: String::new(),
            fields: Vec::new(),
            error_chain: Vec::new(),
            thread: Thread { id: 0, name: None },
            trace: None,
            operation: None,
            attributes: Vec::new(),
            request_id: None,
            user_id: None,
            context: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// The value of a field of the event.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Value> {
        find(&self.fields, key)
    }

    /// The value of a label or attribute of the enclosing annotated call.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&Value> {
        find(&self.attributes, key)
    }

    /// Whether message, target, fields, attributes or context have `text` in them, whatever the case.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        let wanted = text.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        let any = |fields: &[Attribute]| {
            fields
                .iter()
                .any(|(key, value)| has(key) || has(&value.to_string()))
        };
        has(&self.message)
            || has(&self.target)
            || any(&self.fields)
            || any(&self.attributes)
            || self.error_chain.iter().any(|error| has(error))
            || self.request_id.as_deref().is_some_and(has)
            || self.user_id.as_deref().is_some_and(has)
            || self
                .context
                .iter()
                .any(|(key, value)| has(key) || has(value))
            || self
                .spans
                .iter()
                .any(|span| has(span.name) || any(&span.fields))
    }
}

/// Sets `key`; if it is there already, it gets the new value in its old place.
pub(super) fn set(fields: &mut Vec<Attribute>, key: Cow<'static, str>, value: Value) {
    match fields.iter_mut().find(|(name, _)| *name == key) {
        Some((_, old)) => *old = value,
        None => fields.push((key, value)),
    }
}

fn find<'a>(fields: &'a [Attribute], key: &str) -> Option<&'a Value> {
    fields
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value)
}
