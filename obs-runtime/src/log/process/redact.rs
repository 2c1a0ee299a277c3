//! Hides the secrets of a record.

use crate::log::draft::{Draft, Head, Item, Raw, Text};
use crate::redact::{Finders, Redaction, Rewrite};

/// Hides what is secret, wherever in the record it is. What was hidden is gone from the draft's text too.
pub(super) fn hide(draft: &mut Draft, redaction: &Redaction, finders: Finders) {
    let (head, items, text) = draft.parts();
    let mut rewrite = Rewrite::new(redaction, finders, text);
    hide_head(&mut rewrite, head);
    for item in items {
        hide_item(&mut rewrite, item);
    }
    if let Some(changes) = rewrite.finish() {
        *text = changes.apply(std::mem::take(text));
    }
}

fn hide_head(rewrite: &mut Rewrite<'_>, head: &mut Head) {
    for text in [&mut head.target, &mut head.message] {
        put(text, rewrite.by_content(*text));
    }
    let optional = [
        &mut head.file,
        &mut head.thread,
        &mut head.request_id,
        &mut head.user_id,
    ];
    for text in optional.into_iter().flatten() {
        put(text, rewrite.by_content(*text));
    }
}

fn hide_item(rewrite: &mut Rewrite<'_>, item: &mut Item) {
    match item {
        Item::Field(key, value)
        | Item::Attribute(key, value)
        | Item::SpanField(key, value)
        | Item::Context(key, value) => {
            if let Some(hidden) = hide_value(rewrite, *key, *value) {
                *value = Raw::Text(hidden);
            }
            put(key, rewrite.by_content(*key));
        }
        Item::Error(text) => put(text, rewrite.by_content(*text)),
        Item::Span(_) => {}
    }
}

fn hide_value(rewrite: &mut Rewrite<'_>, key: Text, value: Raw) -> Option<Text> {
    match value {
        Raw::Text(text) => rewrite.named(key, text),
        Raw::U64(number) => rewrite.number(key, number),
        Raw::I64(number) => rewrite.number(key, u64::try_from(number).unwrap_or(0)),
        Raw::F64(_) => rewrite.by_key(key),
        Raw::Bool(_) => None,
    }
}

fn put(place: &mut Text, new: Option<Text>) {
    if let Some(new) = new {
        *place = new;
    }
}
