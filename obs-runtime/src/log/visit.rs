//! From the fields of an event or span to values.

use std::error::Error;
use std::fmt::{Debug, Display};

use tracing::field::{Field, Visit};

use super::bounded;
use super::draft::{Draft, Item, Raw, Text};
use super::record::MAX_CAUSES;
use super::scratch;
use crate::trace::Attribute;

/// The name of the field that `tracing`'s macros put the text into.
const MESSAGE: &str = "message";

/// Collects the fields of an event.
pub(super) struct Fields<'a> {
    draft: &'a mut Draft,
    /// Whether `message` is a field like any other.
    plain: bool,
    has_error: bool,
}

impl<'a> Fields<'a> {
    /// Collects into `draft`.
    pub(super) fn of_event(draft: &'a mut Draft) -> Self {
        Self {
            draft,
            plain: false,
            has_error: false,
        }
    }

    fn set_text(&mut self, field: &Field, text: Text) {
        let head = &mut self.draft.head;
        match field.name() {
            MESSAGE if !self.plain => head.message = text,
            // The crate `tracing-log` says in fields where a `log` record is from.
            "log.target" => head.target = text,
            "log.file" => head.file = Some(text),
            "log.module_path" => {}
            name => self.draft.set_field(name, Raw::Text(text)),
        }
    }

    fn set_number(&mut self, field: &Field, value: Raw, shown: impl Display) {
        if field.name() == MESSAGE && !self.plain {
            self.draft.head.message = self.draft.format(format_args!("{shown}"));
        } else {
            self.draft.set_field(field.name(), value);
        }
    }
}

/// The fields of a span; unlike that of an event, its field `message` is one like any other.
pub(super) fn of_span(record: impl FnOnce(&mut dyn Visit)) -> Vec<Attribute> {
    scratch::with(|scratch| {
        let draft = &mut scratch.draft;
        draft.begin(Draft::EMPTY_LEVEL, 0);
        record(&mut Fields {
            draft,
            plain: true,
            has_error: true,
        });
        let view = draft.view();
        view.owned_all(view.fields())
    })
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set_number(field, Raw::F64(value), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set_number(field, Raw::I64(value), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "log.line" {
            let line = u32::try_from(value).ok();
            self.draft.head.line = line.or(self.draft.head.line);
        } else {
            self.set_number(field, Raw::U64(value), value);
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set_number(field, Raw::Bool(value), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let text = self.draft.keep(value);
        self.set_text(field, text);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let before = self.draft.items.len();
        add_chain(self.draft, value);
        let text = self.draft.join_errors(before);
        if std::mem::replace(&mut self.has_error, true) {
            self.draft.items.truncate(before);
        }
        self.set_text(field, text);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = self.draft.format(format_args!("{value:?}"));
        self.set_text(field, text);
    }
}

/// Adds the error and its causes, each as text.
fn add_chain(draft: &mut Draft, error: &(dyn Error + 'static)) {
    let mut next = Some(error);
    for _ in 0..=MAX_CAUSES {
        let Some(error) = next else { return };
        let text = draft.format(format_args!("{error}"));
        draft.items.push(Item::Error(text));
        next = bounded::guarded(|| error.source()).flatten();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_named_once() {
        let joined = |parts: &[&str]| {
            let mut draft = Draft::new();
            draft
                .items
                .push(Item::Error(Text::Static("of another field")));
            for part in parts {
                let part = draft.keep(part);
                draft.items.push(Item::Error(part));
            }
            let joined = draft.join_errors(1);
            draft.view().text(joined).to_owned()
        };
        assert_eq!(
            joined(&["saving failed", "disk full"]),
            "saving failed: disk full"
        );
        assert_eq!(
            joined(&["saving failed: disk full", "disk full", "os error 28"]),
            "saving failed: disk full: os error 28"
        );
    }
}
