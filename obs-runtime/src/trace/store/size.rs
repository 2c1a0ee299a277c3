//! How much memory a span takes, about.

use std::borrow::Cow;

use crate::trace::{Attribute, SpanData, SpanEvent, SpanLink, Value};

/// The bytes of a span itself and of everything it owns.
pub(super) fn of_span(span: &SpanData) -> usize {
    size_of::<SpanData>()
        + of_text(&span.name)
        + span.status_message.as_ref().map_or(0, of_text)
        + of_attributes(&span.attributes)
        + span.events.capacity() * size_of::<SpanEvent>()
        + span
            .events
            .iter()
            .map(|event| of_text(&event.name) + of_attributes(&event.attributes))
            .sum::<usize>()
        + span.links.capacity() * size_of::<SpanLink>()
        + span.links.iter().map(of_link).sum::<usize>()
}

fn of_link(link: &SpanLink) -> usize {
    link.context.state.as_str().len() + of_attributes(&link.attributes)
}

fn of_attributes(attributes: &Vec<Attribute>) -> usize {
    attributes.capacity() * size_of::<Attribute>()
        + attributes
            .iter()
            .map(|(name, value)| of_text(name) + of_value(value))
            .sum::<usize>()
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::Str(text) => of_text(text),
        Value::Bool(_) | Value::I64(_) | Value::U64(_) | Value::F64(_) => 0,
    }
}

#[expect(
    clippy::ptr_arg,
    reason = "borrowed text takes nothing, so a `&str` would not do"
)]
fn of_text(text: &Cow<'static, str>) -> usize {
    match text {
        Cow::Borrowed(_) => 0,
        Cow::Owned(text) => text.capacity(),
    }
}
