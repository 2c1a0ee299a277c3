//! A record as the program's own processors see and change it.

use std::borrow::Cow;

use tracing::Level;

use crate::log::draft::{Draft, Item, Raw, Text};
use crate::log::record::Place;
use crate::redact::{REDACTED, Redaction};
use crate::trace::Value;

/// A record that can be changed. What is set here is redacted like everything else.
#[derive(Debug)]
pub struct RecordMut<'a> {
    draft: &'a mut Draft,
    redaction: Option<&'a Redaction>,
}

impl<'a> RecordMut<'a> {
    pub(super) fn new(draft: &'a mut Draft, redaction: Option<&'a Redaction>) -> Self {
        Self { draft, redaction }
    }

    /// How severe it is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.draft.head.level
    }

    /// When it happened, in nanoseconds since 1970 UTC.
    #[must_use]
    pub fn time_unix_ns(&self) -> u64 {
        self.draft.head.time_unix_ns
    }

    /// The module, or what the event says instead.
    #[must_use]
    pub fn target(&self) -> &str {
        self.draft.view().text(self.draft.head.target)
    }

    /// The text; empty if there is none.
    #[must_use]
    pub fn message(&self) -> &str {
        self.draft.view().text(self.draft.head.message)
    }

    /// The annotated call that it happened in.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.draft.head.operation
    }

    /// The trace that it happened in.
    #[must_use]
    pub fn trace(&self) -> Option<Place> {
        self.draft.head.place
    }

    /// The value of a field of the event.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<Value> {
        let view = self.draft.view();
        let (_, value) = view.fields().find(|(known, _)| view.text(*known) == key)?;
        Some(view.owned(value))
    }

    /// The value of a field of the event that is a text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        let view = self.draft.view();
        view.fields().find_map(|(known, value)| match value {
            Raw::Text(text) if view.text(known) == key => Some(view.text(text)),
            _ => None,
        })
    }

    /// Replaces the text.
    pub fn set_message(&mut self, message: &str) {
        self.draft.head.message = self.keep(message);
    }

    /// Adds a field, or gives one that is there a new value.
    pub fn set_field(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let key = key.into();
        let value = self.keep_value(&key, value.into());
        match self.position(&key) {
            Some(at) => {
                if let Some(Item::Field(_, known)) = self.draft.items.get_mut(at) {
                    *known = value;
                }
            }
            None => {
                let key = self.draft.append_cow(&key);
                self.draft.items.push(Item::Field(key, value));
            }
        }
    }

    /// Takes a field away.
    pub fn remove_field(&mut self, key: &str) {
        if let Some(at) = self.position(key) {
            self.draft.items.remove(at);
        }
    }

    fn position(&self, key: &str) -> Option<usize> {
        let view = self.draft.view();
        let is_wanted =
            |item: &Item| matches!(*item, Item::Field(known, _) if view.text(known) == key);
        view.items.iter().position(is_wanted)
    }

    fn keep_value(&mut self, key: &str, value: Value) -> Raw {
        if self
            .redaction
            .is_some_and(|redaction| redaction.hides_value(key, &value))
        {
            return Raw::Text(Text::Static(REDACTED));
        }
        match value {
            Value::Str(text) => Raw::Text(self.keep(&text)),
            other => self.draft.keep_value(&other),
        }
    }

    fn keep(&mut self, text: &str) -> Text {
        match self.redaction {
            Some(redaction) => self.draft.keep(&redaction.hide(text)),
            None => self.draft.keep(text),
        }
    }
}
