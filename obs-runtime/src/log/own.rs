//! Records that obs itself makes.

use std::fmt::Arguments;

use tracing::Level;

use super::draft::{Draft, Raw, Text};
use super::process::Origin;
use super::scratch::{self, Scratch};
use super::{handle, here};
use crate::hot::clock;

/// The target of records about what was changed from outside while the program runs.
pub(super) const TARGET: &str = "obs";

/// Logs that something was changed. Also on threads of obs, which are silent otherwise.
pub(crate) fn say(message: Arguments<'_>, fields: &[(&'static str, &str)]) {
    say_as(Level::INFO, message, fields);
}

/// The same with another level.
pub(crate) fn say_as(level: Level, message: Arguments<'_>, fields: &[(&'static str, &str)]) {
    say_of(TARGET, level, message, fields);
}

/// The same with a target of its own.
pub(crate) fn say_of(
    target: &'static str,
    level: Level,
    message: Arguments<'_>,
    fields: &[(&'static str, &str)],
) {
    record(target, level, |draft| {
        draft.head.message = draft.format(message);
        for (key, value) in fields {
            let value = draft.keep(value);
            draft.set_field(key, Raw::Text(value));
        }
    });
}

/// Logs a record that `describe` fills, if the levels in force allow it.
pub(super) fn record(target: &'static str, level: Level, describe: impl FnOnce(&mut Draft)) {
    record_at(target, level, |draft| {
        draft.head.target = Text::Static(target);
        describe(draft);
    });
}

/// The same for a target that `describe` fills in as well.
pub(super) fn record_at(target: &str, level: Level, describe: impl FnOnce(&mut Draft)) {
    let Some(log) = handle::current() else {
        return;
    };
    if !log.in_force().allow(target, level) {
        return;
    }
    scratch::with(|Scratch { draft, line }| {
        draft.begin(level, clock::now_unix_nanos());
        describe(draft);
        here::locate(draft, None);
        if log.process(draft, Origin::Event) {
            log.emit(draft.view(), line);
        }
    });
}
