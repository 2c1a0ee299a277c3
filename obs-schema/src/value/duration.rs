//! Durations: `"250ms"`, `"1.5s"`, `"1m30s"`.

use core::time::Duration;

use super::decimal;
use crate::ascii;
use crate::issue::rule_error;
use crate::suggest::suggest;
use crate::text::Message;

/// The units of a duration, from the smallest.
pub const DURATION_UNITS: &[&str] = &["ns", "us", "µs", "ms", "s", "m", "h", "d"];

/// Nanoseconds in each of [`DURATION_UNITS`].
const NANOS: &[u64] = &[
    1,
    1_000,
    1_000,
    1_000_000,
    1_000_000_000,
    60_000_000_000,
    3_600_000_000_000,
    86_400_000_000_000,
];

/// What people write instead of a unit.
const SPELLED_OUT: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("msec", "ms"),
    ("millis", "ms"),
    ("milliseconds", "ms"),
    ("micros", "us"),
    ("microseconds", "us"),
    ("usec", "us"),
    ("μs", "us"),
    ("nanos", "ns"),
    ("nanoseconds", "ns"),
];

/// What is wrong with a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationProblem {
    /// The text is empty.
    Empty,
    /// It does not begin with a number.
    NotANumber,
    /// A number without a unit.
    MissingUnit,
    /// A unit that is not one of [`DURATION_UNITS`]; and the one that was probably meant.
    UnknownUnit(Option<&'static str>),
    /// It is below 0.
    Negative,
    /// It is longer than 584 years.
    Overflow,
    /// It has a part below one nanosecond.
    TooFine,
    /// The parts of a compound do not get smaller: `30s1m`.
    Order,
    /// It is below this number of nanoseconds.
    Below(u64),
    /// It is above this number of nanoseconds.
    Above(u64),
}

/// A duration that cannot be read or is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationError<'a> {
    /// The text as it was given.
    pub text: &'a str,
    /// The part of it that is wrong.
    pub part: &'a str,
    /// What is wrong.
    pub problem: DurationProblem,
}

rule_error!(DurationError<'a>);

impl DurationError<'_> {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.problem {
            DurationProblem::MissingUnit => "duration.unit_missing",
            DurationProblem::UnknownUnit(_) => "duration.unit_unknown",
            DurationProblem::Below(_) | DurationProblem::Above(_) | DurationProblem::Overflow => {
                "duration.range"
            }
            _ => "duration.syntax",
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn message(&self) -> Message {
        let m = Message::new();
        match self.problem {
            DurationProblem::Empty => m.str("the duration is empty"),
            DurationProblem::NotANumber => m.name(self.text).str(" is not a duration"),
            DurationProblem::MissingUnit => {
                m.str("the duration ").name(self.text).str(" has no unit")
            }
            DurationProblem::UnknownUnit(_) => m
                .str("unknown unit ")
                .name(self.part.trim_ascii_start())
                .str(" in ")
                .name(self.text),
            DurationProblem::Negative => m.str("the duration ").name(self.text).str(" is negative"),
            DurationProblem::Overflow => m.str("the duration ").name(self.text).str(" is too long"),
            DurationProblem::TooFine => m
                .str("the duration ")
                .name(self.text)
                .str(" is finer than a nanosecond"),
            DurationProblem::Order => m
                .str("the units of ")
                .name(self.text)
                .str(" do not get smaller"),
            DurationProblem::Below(_) => {
                m.str("the duration ").name(self.text).str(" is too short")
            }
            DurationProblem::Above(_) => m.str("the duration ").name(self.text).str(" is too long"),
        }
    }

    /// What to type instead.
    #[must_use]
    pub const fn help(&self) -> Message {
        let m = Message::new();
        match self.problem {
            DurationProblem::Empty | DurationProblem::NotANumber => {
                m.str("write a number and a unit, such as `\"250ms\"`")
            }
            DurationProblem::MissingUnit => m
                .str("write `\"")
                .str(self.part)
                .str("ms\"` or `\"")
                .str(self.part)
                .str("s\"`"),
            DurationProblem::UnknownUnit(None) => m.str("the units are ").names(DURATION_UNITS),
            DurationProblem::UnknownUnit(Some(meant)) => m
                .str("write ")
                .name(meant)
                .str(", the units are ")
                .names(DURATION_UNITS),
            DurationProblem::Negative => m.str("remove the `-`"),
            DurationProblem::Overflow => m.str("the longest is `\"213503d\"`"),
            DurationProblem::TooFine => m.str("the smallest is `\"1ns\"`"),
            DurationProblem::Order => m.str("write the largest first, such as `\"1m30s\"`"),
            DurationProblem::Below(least) => {
                push(m.str("write at least `\""), least as u128).str("\"`")
            }
            DurationProblem::Above(most) => {
                push(m.str("write at most `\""), most as u128).str("\"`")
            }
        }
    }
}

/// Reads a duration: numbers with a unit each, the largest unit first.
///
/// # Errors
/// For anything else, and for what is negative, finer than a nanosecond or longer than 584 years.
///
/// ```
/// use std::time::Duration;
/// use obs_schema::value::parse_duration;
/// assert_eq!(parse_duration("1m30s"), Ok(Duration::from_secs(90)));
/// assert_eq!(parse_duration("1.5ms"), Ok(Duration::from_micros(1500)));
/// assert_eq!(parse_duration("250").unwrap_err().to_string(),
///     r#"the duration `250` has no unit; write `"250ms"` or `"250s"`"#);
/// ```
pub const fn parse_duration(text: &str) -> Result<Duration, DurationError<'_>> {
    let fail = Reading { text };
    if text.is_empty() {
        return fail.with(text, DurationProblem::Empty);
    }
    if text.as_bytes()[0] == b'-' {
        return fail.with(text, DurationProblem::Negative);
    }
    let mut total: u128 = 0;
    let mut previous = u64::MAX;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, tail) = match decimal::read(rest) {
            Ok(read) => read,
            Err(true) => return fail.with(rest, DurationProblem::Overflow),
            Err(false) => return fail.with(rest, DurationProblem::NotANumber),
        };
        let (unit, after) = decimal::unit(tail);
        let scale = match scale_of(unit) {
            Ok(scale) => scale,
            Err(DurationProblem::MissingUnit) => {
                return fail.with(
                    rest.split_at(rest.len() - tail.len()).0,
                    DurationProblem::MissingUnit,
                );
            }
            Err(problem) => return fail.with(unit, problem),
        };
        if scale >= previous {
            return fail.with(unit, DurationProblem::Order);
        }
        total = match number.times(scale) {
            Some((_, true)) => return fail.with(rest, DurationProblem::TooFine),
            Some((nanos, false)) if nanos <= u64::MAX as u128 => total + nanos,
            _ => return fail.with(rest, DurationProblem::Overflow),
        };
        previous = scale;
        rest = after;
    }
    if total > u64::MAX as u128 {
        return fail.with(text, DurationProblem::Overflow);
    }
    Ok(Duration::from_nanos(total as u64))
}

/// Checks that a duration is between two others, both included.
///
/// # Errors
/// When it is not; `text` is what the message repeats.
pub const fn check_duration_range<'a>(
    text: &'a str,
    duration: Duration,
    least: Duration,
    most: Duration,
) -> Result<(), DurationError<'a>> {
    let nanos = duration.as_nanos();
    if nanos < least.as_nanos() {
        return Err(DurationError {
            text,
            part: text,
            problem: DurationProblem::Below(least.as_nanos() as u64),
        });
    }
    if nanos > most.as_nanos() {
        return Err(DurationError {
            text,
            part: text,
            problem: DurationProblem::Above(most.as_nanos() as u64),
        });
    }
    Ok(())
}

/// Appends a duration to a message, as [`format_duration`] writes it.
pub(crate) const fn push_duration(out: Message, duration: Duration) -> Message {
    push(out, duration.as_nanos())
}

/// Writes a duration so that [`parse_duration`] reads the same one: `1m30s`, `250ms`, `0s`.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    push(Message::new(), duration.as_nanos()).to_string()
}

struct Reading<'a> {
    text: &'a str,
}

impl<'a> Reading<'a> {
    const fn with(
        &self,
        part: &'a str,
        problem: DurationProblem,
    ) -> Result<Duration, DurationError<'a>> {
        Err(DurationError {
            text: self.text,
            part,
            problem,
        })
    }
}

const fn scale_of(unit: &str) -> Result<u64, DurationProblem> {
    if unit.is_empty() {
        return Err(DurationProblem::MissingUnit);
    }
    if let Some(at) = ascii::position(DURATION_UNITS, unit) {
        return Ok(NANOS[at]);
    }
    let mut i = 0;
    while i < SPELLED_OUT.len() {
        if ascii::eq(SPELLED_OUT[i].0, unit) {
            return Err(DurationProblem::UnknownUnit(Some(SPELLED_OUT[i].1)));
        }
        i += 1;
    }
    Err(DurationProblem::UnknownUnit(suggest(unit, DURATION_UNITS)))
}

/// Appends a duration given in nanoseconds, the largest unit first.
const fn push(mut out: Message, nanos: u128) -> Message {
    if nanos == 0 {
        return out.str("0s");
    }
    let mut left = nanos;
    let mut i = DURATION_UNITS.len();
    while i > 0 {
        i -= 1;
        let scale = NANOS[i] as u128;
        // `us` and `µs` are the same: the ASCII one is written.
        if left >= scale && i != 2 {
            out = out.plain((left / scale) as u64).str(DURATION_UNITS[i]);
            left %= scale;
        }
    }
    out
}

#[cfg(test)]
mod tests;
