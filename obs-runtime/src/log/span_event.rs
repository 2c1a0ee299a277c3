//! Records as events of the current span, for those who want them there too.

use super::record::Record;
use crate::hot::body::{Body, Item, Text};
use crate::hot::clock;
use crate::hot::segment;
use crate::trace::Value;

/// Adds the record to the current span, named by its message.
pub(super) fn add(record: &Record) {
    let at = clock::ticks();
    segment::with_current(|body, current| {
        let Some(name) = body.keep(&record.message) else {
            return;
        };
        let span = current.span();
        body.add(Item::Event { span, at, name });
        add_attribute(
            body,
            Text::Static("level"),
            &Value::from(record.level.as_str()),
        );
        for (key, value) in &record.fields {
            if let Some(key) = body.keep_key(key) {
                add_attribute(body, key, value);
            }
        }
    });
}

fn add_attribute(body: &mut Body, key: Text, value: &Value) {
    if let Some(value) = body.keep_value(value) {
        body.add(Item::EventAttribute { key, value });
    }
}
