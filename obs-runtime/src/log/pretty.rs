//! A record for people: one line, coloured on a terminal. The stack trace of a panic follows, a line for each of its own.
//!
//! ```text
//! 2026-08-06T12:00:00.123456Z  WARN shop::payment: card declined  attempt=2  in charge{card=visa} trace_id=0af7… span_id=b7ad…  at src/payment.rs:17 service=shop pid=7 thread=main
//! ```

use std::fmt::Write;

use tracing::Level;

use super::draft::{Raw, Text, View};
use super::json::Common;
use crate::paint::{BOLD, DIM, Paint, RED};
use crate::{escape, rfc3339};

/// Appends a record as a line, and a line feed.
pub(super) fn write(out: &mut String, record: View<'_>, common: &Common, colour: bool) {
    let paint = Paint { colour };
    let head = record.head;
    paint.write(out, DIM, |out| rfc3339::write(out, head.time_unix_ns));
    out.push(' ');
    paint.write(out, level_colour(head.level), |out| {
        let _ = write!(out, "{:>5}", head.level.as_str());
    });
    out.push(' ');
    paint.write(out, DIM, |out| {
        escape::write_plain(out, record.text(head.target));
    });
    out.push(':');
    let message = record.text(head.message);
    if !message.is_empty() {
        out.push(' ');
        escape::write_plain(out, message);
    }
    let fields = record
        .fields()
        .filter(|(key, value)| !record.is_stack_trace(record.text(*key), *value));
    write_fields(out, "  ", record, fields, paint);
    write_place(out, record, common, paint);
    write_source(out, record, common, paint);
    out.push('\n');
    if let Some(trace) = record.stack_trace() {
        write_trace(out, trace, paint);
    }
}

/// A stack trace, each line of it behind a blank.
fn write_trace(out: &mut String, trace: &str, paint: Paint) {
    for line in trace.lines() {
        out.push(' ');
        paint.write(out, DIM, |out| escape::write_plain(out, line));
        out.push('\n');
    }
}

/// The place in the program: source, service, process, thread.
fn write_source(out: &mut String, record: View<'_>, common: &Common, paint: Paint) {
    let mut lead = " ";
    if let Some(file) = record.head.file {
        out.push_str("  at ");
        lead = "";
        paint.write(out, DIM, |out| {
            escape::write_plain(out, record.text(file));
            if let Some(line) = record.head.line {
                let _ = write!(out, ":{line}");
            }
        });
    }
    out.push_str(lead);
    if !common.service.is_empty() {
        write_pair(out, "service", &common.service, paint);
    }
    write_pair(
        out,
        "pid",
        itoa::Buffer::new().format((common.pid)()),
        paint,
    );
    match record.head.thread {
        Some(name) => write_pair(out, "thread", record.text(name), paint),
        None => write_pair(
            out,
            "thread_id",
            itoa::Buffer::new().format(record.head.thread_id),
            paint,
        ),
    }
}

fn write_place(out: &mut String, record: View<'_>, common: &Common, paint: Paint) {
    let head = record.head;
    let mut lead = "  in ";
    let mut operation_lead = lead;
    for (name, fields) in record.spans() {
        out.push_str(std::mem::replace(&mut lead, ":"));
        operation_lead = " of ";
        paint.write(out, BOLD, |out| escape::write_plain(out, name));
        write_braced(out, record, fields, paint);
    }
    if let Some(operation) = head.operation {
        out.push_str(operation_lead);
        paint.write(out, BOLD, |out| escape::write_plain(out, operation));
        write_braced(out, record, record.attributes(), paint);
    }
    for (key, id) in [("request_id", head.request_id), ("user_id", head.user_id)] {
        if let Some(id) = id {
            write_pair(out, key, record.text(id), paint);
        }
    }
    for (key, value) in record.context() {
        write_pair(out, record.text(key), record.text(value), paint);
    }
    if let (Some(place), true) = (head.place, common.correlation) {
        write_pair(out, "trace_id", &place.trace_id.hex(), paint);
        write_pair(out, "span_id", &place.span_id.hex(), paint);
    }
}

/// Writes fields with spaces between them, and `lead` before the first. Says whether there were any.
fn write_fields(
    out: &mut String,
    lead: &str,
    record: View<'_>,
    fields: impl Iterator<Item = (Text, Raw)>,
    paint: Paint,
) -> bool {
    let mut before = lead;
    for (key, value) in fields {
        out.push_str(std::mem::replace(&mut before, " "));
        write_key(out, record.text(key), paint);
        write_value(out, record, value);
    }
    before != lead
}

fn write_braced(
    out: &mut String,
    record: View<'_>,
    fields: impl Iterator<Item = (Text, Raw)>,
    paint: Paint,
) {
    if write_fields(out, "{", record, fields, paint) {
        out.push('}');
    }
}

/// Numbers and booleans are words as they are.
fn write_value(out: &mut String, record: View<'_>, value: Raw) {
    let _ = match value {
        Raw::Bool(value) => write!(out, "{value}"),
        Raw::I64(value) => write!(out, "{value}"),
        Raw::U64(value) => write!(out, "{value}"),
        Raw::F64(value) => write!(out, "{value}"),
        Raw::Text(text) => {
            escape::write_word(out, record.text(text));
            Ok(())
        }
    };
}

fn write_pair(out: &mut String, key: &str, value: &str, paint: Paint) {
    out.push(' ');
    write_key(out, key, paint);
    escape::write_word(out, value);
}

fn write_key(out: &mut String, key: &str, paint: Paint) {
    paint.write(out, DIM, |out| {
        escape::write_plain(out, key);
        out.push('=');
    });
}

fn level_colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => RED,
        Level::WARN => "\u{1b}[33m",
        Level::INFO => "\u{1b}[32m",
        Level::DEBUG => "\u{1b}[34m",
        Level::TRACE => "\u{1b}[35m",
    }
}

#[cfg(test)]
mod tests;
