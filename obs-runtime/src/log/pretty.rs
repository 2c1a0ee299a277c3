//! A record for people: one line, coloured on a terminal.
//!
//! ```text
//! 2026-08-06T12:00:00.123456Z  WARN shop::payment: card declined  attempt=2  in charge{card=visa} trace_id=0af7… span_id=b7ad…  at src/payment.rs:17 service=shop pid=7 thread=main
//! ```

use std::fmt::Write;

use tracing::Level;

use super::escape;
use super::json::Common;
use super::record::Record;
use crate::rfc3339;
use crate::trace::Attribute;

const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";

/// Appends a record as a line, and a line feed.
pub(super) fn write(out: &mut String, record: &Record, common: &Common, colour: bool) {
    let paint = Paint { colour };
    paint.write(out, DIM, |out| {
        rfc3339::write(out, record.time_unix_ns);
    });
    out.push(' ');
    paint.write(out, level_colour(record.level), |out| {
        let _ = write!(out, "{:>5}", record.level.as_str());
    });
    out.push(' ');
    paint.write(out, DIM, |out| escape::write_plain(out, &record.target));
    out.push(':');
    if !record.message.is_empty() {
        out.push(' ');
        escape::write_plain(out, &record.message);
    }
    write_fields(out, "  ", &record.fields, paint);
    write_place(out, record, common, paint);
    write_source(out, record, common, paint);
    out.push('\n');
}

/// The place in the program: source, service, process, thread.
fn write_source(out: &mut String, record: &Record, common: &Common, paint: Paint) {
    let mut lead = " ";
    if let Some(file) = &record.file {
        out.push_str("  at ");
        lead = "";
        paint.write(out, DIM, |out| {
            escape::write_plain(out, file);
            if let Some(line) = record.line {
                let _ = write!(out, ":{line}");
            }
        });
    }
    out.push_str(lead);
    if !common.service.is_empty() {
        write_pair(out, "service", &common.service, paint);
    }
    write_pair(out, "pid", itoa::Buffer::new().format(common.pid), paint);
    match &record.thread.name {
        Some(name) => write_pair(out, "thread", name, paint),
        None => write_pair(
            out,
            "thread_id",
            itoa::Buffer::new().format(record.thread.id),
            paint,
        ),
    }
}

fn write_place(out: &mut String, record: &Record, common: &Common, paint: Paint) {
    let mut lead = "  in ";
    for span in &record.spans {
        out.push_str(std::mem::replace(&mut lead, ":"));
        paint.write(out, BOLD, |out| escape::write_plain(out, span.name));
        write_braced(out, &span.fields, paint);
    }
    if let Some(operation) = record.operation {
        out.push_str(if record.spans.is_empty() {
            "  in "
        } else {
            " of "
        });
        paint.write(out, BOLD, |out| escape::write_plain(out, operation));
        write_braced(out, &record.attributes, paint);
    }
    let request = [
        ("request_id", &record.request_id),
        ("user_id", &record.user_id),
    ];
    for (key, id) in request {
        if let Some(id) = id {
            write_pair(out, key, id, paint);
        }
    }
    for (key, value) in &record.context {
        write_pair(out, key, value, paint);
    }
    if let (Some(place), true) = (record.trace, common.correlation) {
        write_pair(out, "trace_id", &place.trace_id.hex(), paint);
        write_pair(out, "span_id", &place.span_id.hex(), paint);
    }
}

fn write_fields(out: &mut String, lead: &str, fields: &[Attribute], paint: Paint) {
    for (index, (key, value)) in fields.iter().enumerate() {
        out.push_str(if index == 0 { lead } else { " " });
        write_key(out, key, paint);
        escape::write_word(out, &value.to_string());
    }
}

fn write_braced(out: &mut String, fields: &[Attribute], paint: Paint) {
    if !fields.is_empty() {
        write_fields(out, "{", fields, paint);
        out.push('}');
    }
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
        Level::ERROR => "\u{1b}[31m",
        Level::WARN => "\u{1b}[33m",
        Level::INFO => "\u{1b}[32m",
        Level::DEBUG => "\u{1b}[34m",
        Level::TRACE => "\u{1b}[35m",
    }
}

/// Whether to colour.
#[derive(Debug, Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn write(self, out: &mut String, style: &str, text: impl FnOnce(&mut String)) {
        if self.colour {
            out.push_str(style);
        }
        text(out);
        if self.colour {
            out.push_str(RESET);
        }
    }
}

#[cfg(test)]
mod tests;
