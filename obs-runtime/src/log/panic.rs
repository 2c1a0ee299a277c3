//! Panics, counted and logged.

use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use tracing::Level;

use super::draft::{Draft, Raw, Text};
use super::process::Origin;
use super::scratch::{self, Scratch};
use super::suppress::is_suppressed;
use super::{count, handle, here};
use crate::hot::clock;

/// The target of the records of panics.
pub(super) const TARGET: &str = "panic";

/// From now on every panic is counted in `panics_total` and logged at level `error` with the place,
/// the message, and the ids of the trace it happened in. The hook that was there before is called
/// afterwards. Calling this again changes nothing.
///
/// The record is redacted like any other. What the hook before does is not: that of the standard library writes the
/// message to standard error as it is. A program whose standard error is kept sets one that writes nothing, by
/// [`std::panic::set_hook`], before it calls this.
pub fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            count::panic();
            log(info);
            former(info);
        }));
    });
}

fn log(info: &PanicHookInfo<'_>) {
    let Some(log) = handle::current().filter(|_| !is_suppressed()) else {
        return;
    };
    if !log.in_force().allow(TARGET, Level::ERROR) {
        return;
    }
    scratch::with(|Scratch { draft, line }| {
        describe(draft, info);
        if log.process(draft, Origin::Panic) {
            log.emit(draft.view(), line);
        }
    });
    if cfg!(panic = "abort") {
        // Nobody comes to flush the log later.
        let _ = log.flush(std::time::Duration::from_secs(1));
    }
}

fn describe(draft: &mut Draft, info: &PanicHookInfo<'_>) {
    draft.begin(Level::ERROR, clock::now_unix_nanos());
    draft.head.target = Text::Static(TARGET);
    draft.head.message = match info.payload_as_str() {
        Some(text) => draft.keep(text),
        None => Text::Static("panic with a payload that is not text"),
    };
    if let Some(location) = info.location() {
        draft.head.file = Some(draft.append(location.file()));
        draft.head.line = Some(location.line());
        draft.set_field("column", Raw::U64(location.column().into()));
    }
    here::locate(draft, None);
}
