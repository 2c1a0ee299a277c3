//! A trace for people: each span below the one that it is part of.
//!
//! ```text
//! trace 0af7651916cd43dd8448eb211c80319c  2026-08-06T12:00:00.000000Z  kept: error
//!   checkout        120ms  error  region=eu
//!   ├─ load_cart   3.20ms  ok
//!   └─ charge       100ms  error  card declined  card=visa
//! ```

use std::fmt::Write;

use obs_schema::def::CallOutcome;

use crate::escape;
use crate::paint::{BOLD, DIM, Paint, RED};
use crate::rfc3339;
use crate::trace::analysis::{Row, waterfall};
use crate::trace::{Keep, SpanData, Trace, Value};

/// Levels that are indented; what is deeper stands below the last of them.
const MAX_DEPTH: usize = 24;
/// The widest that names and their branches make the column.
const MAX_WIDTH: usize = 80;
/// Attributes of a span that are shown, and characters of a value.
const MAX_ATTRIBUTES: usize = 8;
const MAX_VALUE: usize = 80;

/// Appends a trace.
pub(super) fn write(out: &mut String, trace: &Trace, paint: Paint) {
    write_head(out, trace, paint);
    let rows = waterfall(trace);
    let labels: Vec<_> = branches(&rows).into_iter().zip(&rows).map(label).collect();
    let widths = labels.iter().map(|label| label.chars().count());
    let width = widths.max().unwrap_or(0).min(MAX_WIDTH);
    for (label, row) in labels.iter().zip(&rows) {
        write_row(out, label, width, row.span, paint);
    }
}

fn write_head(out: &mut String, trace: &Trace, paint: Paint) {
    paint.write(out, DIM, |out| {
        let _ = write!(out, "trace {}  ", trace.trace_id);
        rfc3339::write(out, trace.start_unix_ns);
        if trace.keep != Keep::Sampled {
            let _ = write!(out, "  kept: {}", trace.keep.as_str());
        }
        if trace.dropped_spans > 0 {
            let _ = write!(out, "  {} further spans not recorded", trace.dropped_spans);
        }
    });
    out.push('\n');
}

fn write_row(out: &mut String, label: &str, width: usize, span: &SpanData, paint: Paint) {
    let style = if span.is_error() { RED } else { BOLD };
    paint.write(out, style, |out| {
        let _ = write!(out, "  {label:<width$}");
    });
    let _ = write!(out, "  {:>7}  ", duration(span.duration_ns));
    write_outcome(out, span, paint);
    if let Some(message) = &span.status_message {
        out.push_str("  ");
        escape::write_plain(out, message);
    }
    let mut lead = "  ";
    for (key, value) in span.attributes.iter().take(MAX_ATTRIBUTES) {
        out.push_str(std::mem::replace(&mut lead, " "));
        write_attribute(out, key, value, paint);
    }
    if let Some(more @ 1..) = span.attributes.len().checked_sub(MAX_ATTRIBUTES) {
        let _ = write!(out, " and {more} more");
    }
    out.push('\n');
}

fn write_outcome(out: &mut String, span: &SpanData, paint: Paint) {
    use CallOutcome::{Cancelled, Error, Ok, Panic, Rejected, Timeout};
    let word = match (span.outcome, span.is_error()) {
        (Some(outcome @ (Error | Panic | Timeout)), true) => outcome.as_str(),
        (_, true) => Error.as_str(),
        (Some(outcome @ (Cancelled | Rejected)), false) => outcome.as_str(),
        (_, false) => Ok.as_str(),
    };
    let style = if span.is_error() { RED } else { DIM };
    paint.write(out, style, |out| out.push_str(word));
}

fn write_attribute(out: &mut String, key: &str, value: &Value, paint: Paint) {
    paint.write(out, DIM, |out| {
        escape::write_plain(out, key);
        out.push('=');
    });
    let Value::Str(text) = value else {
        let _ = write!(out, "{value}");
        return;
    };
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => escape::write_word(out, &format!("{}…", &text.get(..end).unwrap_or(""))),
        None => escape::write_word(out, text),
    }
}

/// The name of a span behind its branch of the tree.
fn label((mut branch, row): (String, &Row<'_>)) -> String {
    escape::write_plain(&mut branch, &row.span.name);
    branch
}

/// What stands before the name of each row.
fn branches(rows: &[Row<'_>]) -> Vec<String> {
    // From the end, because a branch goes on where another one of its depth comes below.
    let mut goes_on = [false; MAX_DEPTH];
    let mut branches: Vec<String> = rows
        .iter()
        .rev()
        .map(|row| {
            let depth = row.depth.min(MAX_DEPTH);
            let Some((last, above)) = goes_on.get(..depth).and_then(<[bool]>::split_last) else {
                goes_on = [false; MAX_DEPTH];
                return String::new();
            };
            let lines = above
                .iter()
                .map(|goes_on| if *goes_on { "│  " } else { "   " });
            let own = if *last { "├─ " } else { "└─ " };
            let branch = lines.chain([own]).collect();
            for (level, goes_on) in goes_on.iter_mut().enumerate().skip(depth - 1) {
                *goes_on = level == depth - 1;
            }
            branch
        })
        .collect();
    branches.reverse();
    branches
}

/// A duration in three digits or so.
fn duration(ns: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")];
    for (size, unit) in UNITS {
        if ns >= size {
            let number = ns as f64 / size as f64;
            let decimals = match number {
                ..10.0 => 2,
                10.0..100.0 => 1,
                _ => 0,
            };
            return format!("{number:.decimals$}{unit}");
        }
    }
    format!("{ns}ns")
}

#[cfg(test)]
mod tests;
