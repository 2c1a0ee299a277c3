//! Business events.

use obs_schema::event::{EventDef, EventField};
use obs_schema::monitoring::Level as LevelWord;
use tracing::Level;

use super::draft::{Draft, Raw, Text};
use super::own;
use super::suppress::is_suppressed;
use crate::event::Shown;

/// Logs an event: its name as the message, its fields as fields, the module of its type as the target.
pub(crate) fn say_event(event: &EventDef, fields: &[(&'static EventField, Shown<'_>)]) {
    let Some(level) = level(event.level) else {
        return;
    };
    if is_suppressed() {
        return;
    }
    let source = &event.counter.source;
    own::record(source.module, level, |draft| {
        draft.head.message = Text::Static(event.name);
        draft.head.file = Some(Text::Static(source.file));
        draft.head.line = Some(source.line);
        for (field, value) in fields {
            let value = raw(draft, value);
            draft.set_field(field.name, value);
        }
    });
}

fn raw(draft: &mut Draft, value: &Shown<'_>) -> Raw {
    match value {
        Shown::Bool(value) => Raw::Bool(*value),
        Shown::Int(value) => Raw::I64(*value),
        Shown::Uint(value) => Raw::U64(*value),
        Shown::Float(value) => Raw::F64(*value),
        Shown::Text(text) => Raw::Text(draft.keep(text)),
    }
}

fn level(word: LevelWord) -> Option<Level> {
    Some(match word {
        LevelWord::Off => return None,
        LevelWord::Error => Level::ERROR,
        LevelWord::Warn => Level::WARN,
        LevelWord::Info => Level::INFO,
        LevelWord::Debug => Level::DEBUG,
        LevelWord::Trace => Level::TRACE,
    })
}
