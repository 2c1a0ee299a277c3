//! Panics, counted and logged.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use tracing::Level;

use super::bounded;
use super::draft::{Draft, Raw, Text, View};
use super::process::Origin;
use super::scratch::{self, Scratch};
use super::suppress::is_suppressed;
use super::{count, handle, here};
use crate::hot::{clock, segment};

/// The target of the records of panics.
const TARGET: &str = "panic";

/// The field with the calls that led to a panic, as OpenTelemetry names it.
const STACK_TRACE: &str = "exception.stacktrace";
/// The frame of the standard library up to which a trace tells how a panic is worked off.
const MACHINERY: &str = "__rust_end_short_backtrace";

/// From now on every panic is counted in `panics_total` and logged at level `error` with the place,
/// the message, and the ids of the trace it happened in. The span it happened in has the message as the description of
/// its status. The hook that was there before is called afterwards. Calling this again changes nothing.
///
/// Where `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE` asks for it, as [`Backtrace::capture`] says, the field
/// `exception.stacktrace` has the calls that led there, 16 KiB of them. Finding their names takes milliseconds.
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
            describe_span(info);
            log(info);
            former(info);
        }));
    });
}

/// How the span ends is not known yet: a panic that is caught within it is no failure of the call.
fn describe_span(info: &PanicHookInfo<'_>) {
    let Some(message) = info.payload_as_str() else {
        return;
    };
    segment::with_current(|body, current| body.describe(current.span(), false, message));
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
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        let mut text = String::new();
        bounded::write(&mut text, format_args!("{trace}"));
        let text = draft.append(without_machinery(&text));
        draft.set_field(STACK_TRACE, Raw::Text(text));
    }
    here::locate(draft, None);
}

impl<'a> View<'a> {
    /// Whether it is the record of a panic.
    pub(crate) fn is_panic(self) -> bool {
        self.text(self.head.target) == TARGET
    }

    /// The calls that led to the panic, if they are known.
    pub(super) fn stack_trace(self) -> Option<&'a str> {
        let mut fields = self.fields().filter(|_| self.is_panic());
        fields.find_map(|(key, value)| match value {
            Raw::Text(text) if self.text(key) == STACK_TRACE => Some(self.text(text)),
            _ => None,
        })
    }

    /// Whether that is the value of this key.
    pub(super) fn is_stack_trace(self, key: &str, value: Raw) -> bool {
        key == STACK_TRACE && matches!(value, Raw::Text(_)) && self.is_panic()
    }
}

/// The frames below those of the panic itself.
fn without_machinery(trace: &str) -> &str {
    let is_frame = |line: &str| {
        let number = line.trim_start().split_once(": ").map(|(number, _)| number);
        number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let after = trace.find(MACHINERY).and_then(|at| trace.get(at..));
    let Some((_, mut rest)) = after.and_then(|after| after.split_once('\n')) else {
        return trace;
    };
    while let Some((line, next)) = rest.split_once('\n') {
        if is_frame(line) {
            return rest;
        }
        rest = next;
    }
    trace
}

#[cfg(test)]
mod tests;
