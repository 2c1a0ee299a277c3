//! A record while it is being made and while it waits in memory: plain values and one text.
//!
//! Nothing in it has a destructor or memory of its own, so the next record is made in the memory of
//! the last one, and a copy of it is a copy of bytes.

use std::borrow::Cow;
use std::fmt::Arguments;
use std::sync::Arc;

use tracing::Level;

use super::bounded;
use super::record::{Place, Record, Scope, Thread};
use crate::trace::{Attribute, Value};

pub(super) use crate::hot::body::Text;

/// The value of a field, like [`Value`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Raw {
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(f64),
    Text(Text),
}

/// What a record has one of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) time_unix_ns: u64,
    pub(crate) level: Level,
    pub(crate) line: Option<u32>,
    pub(crate) target: Text,
    pub(crate) file: Option<Text>,
    pub(crate) message: Text,
    pub(crate) thread_id: u64,
    pub(crate) thread: Option<Text>,
    pub(crate) place: Option<Place>,
    /// The W3C flags of that trace.
    pub(crate) flags: u8,
    pub(crate) operation: Option<&'static str>,
    pub(crate) request_id: Option<Text>,
    pub(crate) user_id: Option<Text>,
}

/// What a record has any number of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item {
    /// Of the event.
    Field(Text, Raw),
    /// An error, or a cause of the one before it.
    Error(Text),
    /// A label or attribute of the annotated call.
    Attribute(Text, Raw),
    /// A further key of the request, and its text.
    Context(Text, Raw),
    /// A `tracing` span around the event.
    Span(&'static str),
    /// Belongs to the span before it.
    SpanField(Text, Raw),
}

/// A record in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) head: Head,
    pub(crate) items: Vec<Item>,
    text: String,
}

/// A record to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) head: &'a Head,
    pub(crate) items: &'a [Item],
    pub(crate) text: &'a str,
}

impl Head {
    fn new(level: Level) -> Self {
        Self {
            time_unix_ns: 0,
            level,
            line: None,
            target: Text::Static(""),
            file: None,
            message: Text::Static(""),
            thread_id: 0,
            thread: None,
            place: None,
            flags: 0,
            operation: None,
            request_id: None,
            user_id: None,
        }
    }
}

impl Draft {
    pub(super) const EMPTY_LEVEL: Level = Level::TRACE;

    /// A draft without anything in it.
    pub(crate) fn new() -> Self {
        Self {
            head: Head::new(Self::EMPTY_LEVEL),
            items: Vec::new(),
            text: String::new(),
        }
    }

    /// Begins the next record.
    pub(crate) fn begin(&mut self, level: Level, time_unix_ns: u64) {
        self.head = Head::new(level);
        self.head.time_unix_ns = time_unix_ns;
        self.items.clear();
        self.text.clear();
    }

    /// The bytes that it has memory for.
    pub(super) fn capacity(&self) -> usize {
        self.items.capacity() * size_of::<Item>() + self.text.capacity()
    }

    /// Takes over a text, cut if it is too long.
    pub(crate) fn keep(&mut self, text: &str) -> Text {
        self.written(|out| bounded::push(out, text))
    }

    /// Takes over what the program's `Display` or `Debug` writes, cut if it is too long.
    pub(super) fn format(&mut self, arguments: Arguments<'_>) -> Text {
        self.written(|out| bounded::write(out, arguments))
    }

    /// What `write` appends.
    pub(super) fn written(&mut self, write: impl FnOnce(&mut String)) -> Text {
        let start = self.text.len();
        write(&mut self.text);
        Text::Part {
            start: start as u32,
            len: (self.text.len() - start) as u32,
        }
    }

    /// Sets a field of the event.
    pub(crate) fn set_field(&mut self, key: &'static str, value: Raw) {
        match self.field_mut(key) {
            Some(known) => *known = value,
            None => self.items.push(Item::Field(Text::Static(key), value)),
        }
    }

    /// The same with a key that is no constant.
    pub(super) fn set_named_field(&mut self, key: &str, value: Raw) {
        match self.field_mut(key) {
            Some(known) => *known = value,
            None => {
                let key = self.keep(key);
                self.items.push(Item::Field(key, value));
            }
        }
    }

    fn field_mut(&mut self, key: &str) -> Option<&mut Raw> {
        let text = &self.text;
        self.items.iter_mut().find_map(|item| match item {
            Item::Field(name, value) if resolve(text, *name) == key => Some(value),
            _ => None,
        })
    }

    /// Sets an attribute of the call. `key` is of this draft.
    pub(super) fn set_attribute(&mut self, key: Text, value: Raw) {
        let text = &self.text;
        let wanted = resolve(text, key);
        let known = self.items.iter_mut().find_map(|item| match item {
            Item::Attribute(name, value) if resolve(text, *name) == wanted => Some(value),
            _ => None,
        });
        match known {
            Some(known) => *known = value,
            None => self.items.push(Item::Attribute(key, value)),
        }
    }

    /// `saving failed: disk full`: the errors from the item `first` on. A cause that its error names
    /// already is not named again.
    pub(super) fn join_errors(&mut self, first: usize) -> Text {
        let Self { items, text, .. } = self;
        let start = text.len();
        for item in items.get(first..).unwrap_or_default() {
            let Item::Error(Text::Part { start: at, len }) = *item else {
                continue;
            };
            let range = at as usize..at as usize + len as usize;
            let (Some(part), Some(joined)) = (text.get(range.clone()), text.get(start..)) else {
                continue;
            };
            if joined.is_empty() {
                text.extend_from_within(range);
            } else if !joined.ends_with(part) {
                text.push_str(": ");
                text.extend_from_within(range);
            }
        }
        bounded::shorten(text, start);
        Text::Part {
            start: start as u32,
            len: (text.len() - start) as u32,
        }
    }

    /// Takes over a value.
    pub(super) fn keep_value(&mut self, value: &Value) -> Raw {
        match value {
            Value::Bool(value) => Raw::Bool(*value),
            Value::I64(value) => Raw::I64(*value),
            Value::U64(value) => Raw::U64(*value),
            Value::F64(value) => Raw::F64(*value),
            Value::Str(text) => Raw::Text(self.append_cow(text)),
        }
    }

    /// Takes over a key or text, copied only if it is no constant of the program.
    #[expect(
        clippy::ptr_arg,
        reason = "a borrowed key is kept without a copy, which `&str` could not tell"
    )]
    pub(super) fn append_cow(&mut self, text: &Cow<'static, str>) -> Text {
        match text {
            Cow::Borrowed(text) => Text::Static(text),
            Cow::Owned(text) => self.append(text),
        }
    }

    /// Takes over a text that is bounded already.
    pub(super) fn append(&mut self, text: &str) -> Text {
        self.written(|out| out.push_str(text))
    }

    /// What refers to the text, and the text.
    pub(super) fn parts(&mut self) -> (&mut Head, &mut [Item], &mut String) {
        (&mut self.head, &mut self.items, &mut self.text)
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            head: &self.head,
            items: &self.items,
            text: &self.text,
        }
    }
}

fn resolve(all: &str, text: Text) -> &str {
    match text {
        Text::Static(text) => text,
        Text::Part { start, len } => all
            .get(start as usize..start as usize + len as usize)
            .unwrap_or(""),
    }
}

impl<'a> View<'a> {
    /// The characters of a text.
    pub(crate) fn text(self, text: Text) -> &'a str {
        resolve(self.text, text)
    }

    /// The fields of the event.
    pub(crate) fn fields(self) -> impl Iterator<Item = (Text, Raw)> + 'a {
        self.items.iter().filter_map(|item| match *item {
            Item::Field(key, value) => Some((key, value)),
            _ => None,
        })
    }

    /// Labels and attributes of the call.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (Text, Raw)> + 'a {
        self.items.iter().filter_map(|item| match *item {
            Item::Attribute(key, value) => Some((key, value)),
            _ => None,
        })
    }

    /// The error and its causes.
    pub(crate) fn errors(self) -> impl Iterator<Item = Text> + 'a {
        self.items.iter().filter_map(|item| match *item {
            Item::Error(text) => Some(text),
            _ => None,
        })
    }

    /// Further keys of the request.
    pub(crate) fn context(self) -> impl Iterator<Item = (Text, Text)> + 'a {
        self.items.iter().filter_map(|item| match *item {
            Item::Context(key, Raw::Text(value)) => Some((key, value)),
            _ => None,
        })
    }

    /// The spans, each with its fields.
    pub(super) fn spans(
        self,
    ) -> impl Iterator<Item = (&'static str, impl Iterator<Item = (Text, Raw)> + 'a)> + 'a {
        self.items.iter().enumerate().filter_map(move |(at, item)| {
            let Item::Span(name) = *item else { return None };
            let rest = self.items.get(at + 1..).unwrap_or_default();
            let fields = rest.iter().map_while(|item| match *item {
                Item::SpanField(key, value) => Some((key, value)),
                _ => None,
            });
            Some((name, fields))
        })
    }

    /// The record as those see it who ask for it.
    pub(super) fn record(self) -> Record {
        let head = self.head;
        let owned = |text| self.text(text).to_owned();
        Record {
            time_unix_ns: head.time_unix_ns,
            level: head.level,
            target: self.cow(head.target),
            file: head.file.map(|file| self.cow(file)),
            line: head.line,
            message: owned(head.message),
            fields: self.owned_all(self.fields()),
            error_chain: self.errors().map(owned).collect(),
            thread: Thread {
                id: head.thread_id,
                name: head.thread.map(|name| Arc::from(self.text(name))),
            },
            trace: head.place,
            operation: head.operation,
            attributes: self.owned_all(self.attributes()),
            request_id: head.request_id.map(owned),
            user_id: head.user_id.map(owned),
            context: self
                .context()
                .map(|(key, value)| (owned(key), owned(value)))
                .collect(),
            spans: self
                .spans()
                .map(|(name, fields)| Scope {
                    name,
                    fields: Arc::new(self.owned_all(fields)),
                })
                .collect(),
        }
    }

    /// Fields as values of their own.
    pub(super) fn owned_all(self, fields: impl Iterator<Item = (Text, Raw)>) -> Vec<Attribute> {
        fields
            .map(|(key, value)| (self.cow(key), self.owned(value)))
            .collect()
    }

    pub(super) fn owned(self, value: Raw) -> Value {
        match value {
            Raw::Bool(value) => Value::Bool(value),
            Raw::I64(value) => Value::I64(value),
            Raw::U64(value) => Value::U64(value),
            Raw::F64(value) => Value::F64(value),
            Raw::Text(text) => Value::Str(self.cow(text)),
        }
    }

    pub(super) fn cow(self, text: Text) -> Cow<'static, str> {
        match text {
            Text::Static(text) => text.into(),
            Text::Part { .. } => self.text(text).to_owned().into(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
