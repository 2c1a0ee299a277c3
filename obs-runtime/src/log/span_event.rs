//! Records as events of the current span, for those who want them there too.

use super::draft::{Raw, Text, View};
use crate::hot::body::{self, Body, Item};
use crate::hot::clock;
use crate::hot::segment;

/// Adds the record to the current span, named by its message.
pub(super) fn add(record: View<'_>) {
    let at = clock::ticks();
    segment::with_current(|body, current| {
        let Some(name) = body.keep(record.text(record.head.message)) else {
            return;
        };
        let span = current.span();
        body.add(Item::Event { span, at, name });
        let level = Text::Static(record.head.level.as_str());
        let key = Text::Static("level");
        body.add(Item::EventAttribute {
            key,
            value: body::Raw::Text(level),
        });
        for (key, value) in record.fields() {
            if let (Some(key), Some(value)) =
                (keep(body, record, key), value_of(body, record, value))
            {
                body.add(Item::EventAttribute { key, value });
            }
        }
    });
}

fn keep(body: &mut Body, record: View<'_>, text: Text) -> Option<Text> {
    match text {
        Text::Static(_) => Some(text),
        Text::Part { .. } => body.keep(record.text(text)),
    }
}

/// The value in a segment. Numbers beyond what OpenTelemetry can carry become text.
fn value_of(body: &mut Body, record: View<'_>, value: Raw) -> Option<body::Raw> {
    Some(match value {
        Raw::Bool(value) => body::Raw::Bool(value),
        Raw::I64(value) => body::Raw::Int(value),
        Raw::U64(value) => match i64::try_from(value) {
            Ok(value) => body::Raw::Int(value),
            Err(_) => body::Raw::Text(body.keep(itoa::Buffer::new().format(value))?),
        },
        Raw::F64(value) => body::Raw::Float(value),
        Raw::Text(text) => body::Raw::Text(keep(body, record, text)?),
    })
}
