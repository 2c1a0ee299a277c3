//! Logs: `tracing` events as lines that know their trace, their request and their call.
//!
//! The program logs with `tracing` as ever. A [`layer()`] turns each event into a [`Record`], adds
//! what is known where it happened, and hands it to the outputs: JSON lines for machines, a console
//! form for people. A caller never waits for an output, and nothing that it formats can make it
//! fail.
//!
//! Libraries that log with the crate `log` are heard as well: see [`take_log_records`].
//!
//! # A line
//!
//! One JSON object per line with these keys, in this order; those without a value are left out.
//!
//! | key | value |
//! |---|---|
//! | `timestamp` | RFC 3339 in UTC, with microseconds |
//! | `level`, `target`, `message` | of the event; `level` in capitals |
//! | `service` | the service's name |
//! | `trace_id`, `span_id` | of the open span |
//! | `operation` | the annotated call around the event |
//! | `request_id`, `user_id` | of the [request at hand](crate::context) |
//! | `fields` | the fields of the event, typed |
//! | `error_chain` | the first field that is an error, and its causes |
//! | `attributes` | labels and attributes of the annotated call |
//! | `context` | further keys of the request at hand |
//! | `spans` | the spans of other libraries around the event: name and fields, outermost first |
//! | `file`, `line` | where the event stands in the source |
//! | `pid`, `thread`, `thread_id` | where it happened |
//!
//! What the program chooses is never at the top level, so a field named `level` is
//! `fields.level` and nothing is overwritten. Of a key that occurs twice, the last value counts.
//! Numbers that JSON does not have are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`; whole
//! numbers of 128 bits are strings. Control characters, line separators and bidirectional marks
//! are always escaped.
//!
//! The record of a panic, see [`install_panic_hook`], has the target `panic`, and its stack trace in
//! `fields.exception.stacktrace` where `RUST_BACKTRACE` is set.
//!
//! # Spans of other libraries
//!
//! Inside a trace, the `tracing` spans of other libraries become spans of it, see
//! [`ForeignSpans`]. Of their fields, `otel.name`, `otel.kind` and `otel.status_code` have the
//! meaning that `tracing-opentelemetry` gives them.
//!
//! Annotated calls in turn are `tracing` spans for every *other* subscriber or layer that listens,
//! and cost nothing while none does; this layer does not.

mod bounded;
mod colour;
mod config;
mod count;
mod debugged;
mod digits;
mod draft;
#[cfg(feature = "elastic")]
mod ecs;
mod event;
mod facade;
mod file;
mod handle;
mod here;
mod init;
mod json;
mod layer;
mod levels;
mod own;
mod panic;
mod portion;
mod pretty;
mod process;
mod recent;
mod record;
mod scope;
mod scratch;
#[cfg(feature = "export")]
#[cfg_attr(
    not(any(feature = "otlp", feature = "elastic")),
    allow(dead_code, unused_imports, reason = "nobody takes records over")
)]
pub(crate) mod ship;
mod sink;
mod span_event;
mod stamp;
mod suppress;
#[cfg(feature = "http")]
pub(crate) mod temporary;
#[cfg(test)]
mod tests;
mod usual;
mod visit;
mod writer;

use std::sync::Arc;

pub use obs_schema::monitoring::{Level as LevelWord, LogFormat, Rotation};

pub use self::colour::Colour;
pub use self::config::{
    DEFAULT_RECENT_BYTES, DEFAULT_RECENT_RECORDS, ForeignSpans, LogConfig, Output,
};
pub use self::count::LogMetrics;
pub(crate) use self::count::forget_counts;
pub(crate) use self::debugged::{DebuggedCall, say_call, shown};
pub(crate) use self::event::say_event;
pub use self::facade::take_log_records;
pub use self::file::FileSink;
pub use self::handle::LogHandle;
pub use self::init::{InitError, LogGuard, init};
pub use self::layer::{layer, layer_and_handle};
pub use self::levels::{Levels, LevelsError};
#[cfg(feature = "http")]
pub(crate) use self::own::say_of;
pub(crate) use self::own::{say, say_as};
pub use self::panic::install_panic_hook;
pub use self::process::{Decision, LogSampler, Processor, RecordMut};
pub use self::recent::Query;
pub use self::record::{MAX_CAUSES, MAX_SPANS, MAX_TEXT_BYTES, Place, Record, Scope, Thread};
pub use self::sink::{Batch, Sink, SinkError, StreamSink};
pub use self::suppress::{SuppressGuard, is_suppressed, suppress};
pub use self::writer::{FlushTimeout, QueueLimits, WriterStats};

/// The log that the functions of this module speak for: that of [`init`] or of the last
/// [`layer()`]. `None` before either.
#[must_use]
pub fn handle() -> Option<LogHandle> {
    handle::current()
}

/// Which records are logged; `None` without a log.
#[must_use]
pub fn levels() -> Option<Levels> {
    handle().map(|log| log.levels())
}

/// Changes which records are logged, from now on: `info,shop=debug,hyper=off`. Does nothing
/// without a log.
///
/// # Errors
///
/// If the levels cannot be read: all that is wrong with them. Nothing is changed then.
pub fn set_levels(levels: &str) -> Result<(), LevelsError> {
    let levels = levels.parse()?;
    if let Some(log) = handle() {
        log.set_levels(levels);
    }
    Ok(())
}

/// The last records that `query` picks, the newest first. Empty without a log.
#[must_use]
pub fn recent(query: &Query) -> Vec<Arc<Record>> {
    handle().map(|log| log.recent(query)).unwrap_or_default()
}
