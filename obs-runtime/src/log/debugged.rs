//! Calls of functions whose debug flag is on.

use std::fmt::Debug;

use obs_schema::def::{CallOutcome, Source};
use tracing::Level;

use super::bounded;
use super::draft::{Draft, Raw, Text};
use super::own;
use super::suppress::is_suppressed;

/// What is logged of a call.
#[derive(Debug)]
pub(crate) struct DebuggedCall<'a> {
    pub(crate) flag: &'static str,
    pub(crate) function: &'static str,
    pub(crate) source: &'static Source,
    /// Each key with `arg.` before the name.
    pub(crate) arguments: &'a [(&'static str, String)],
    pub(crate) outcome: CallOutcome,
    pub(crate) result: Option<&'a str>,
    pub(crate) nanos: u64,
}

/// Logs a call, at level `info` and with the module as the target: whoever turns a flag on wants to see it.
pub(crate) fn say_call(call: &DebuggedCall<'_>) {
    if !is_suppressed() {
        own::record(call.source.module, Level::INFO, |draft| {
            describe(draft, call);
        });
    }
}

/// A value as its `Debug` writes it, whatever that does.
pub(crate) fn shown(value: &dyn Debug) -> String {
    let mut text = String::new();
    bounded::write(&mut text, format_args!("{value:?}"));
    text
}

fn describe(draft: &mut Draft, call: &DebuggedCall<'_>) {
    let outcome = call.outcome.as_str();
    draft.head.message = draft.format(format_args!("{}: {outcome}", call.function));
    draft.head.file = Some(Text::Static(call.source.file));
    draft.head.line = Some(call.source.line);
    draft.set_field("flag", Raw::Text(Text::Static(call.flag)));
    draft.set_field("outcome", Raw::Text(Text::Static(outcome)));
    draft.set_field("duration_ms", Raw::F64(call.nanos as f64 / 1e6));
    for (key, value) in call.arguments {
        let value = draft.append(value);
        draft.set_field(key, Raw::Text(value));
    }
    if let Some(result) = call.result {
        let result = draft.append(result);
        draft.set_field("result", Raw::Text(result));
    }
}
