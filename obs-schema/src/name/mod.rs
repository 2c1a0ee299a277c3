//! The rules for names.
//!
//! Names end up in three systems: the Prometheus formats (`[a-zA-Z_:][a-zA-Z0-9_:]*`
//! for metrics, the same without `:` for labels), OpenMetrics (reserved suffixes and
//! leading underscores) and OpenTelemetry (any text for services and operations).
//! A name that one of them would reject, rename or confuse is refused here, with the
//! spelling that works.

mod health;
mod label;
mod metric;

pub use health::{GROUPS_OF_KINDS, check_group_name, check_health_name};
pub use label::{
    OPERATION_LABELS, OVERFLOW, check_label_name, check_label_value, check_metric_label,
    check_operation_label,
};
pub use metric::{check_event_name, check_metric, check_metric_name, check_prefix, family_name};

use crate::ascii;
use crate::issue::{Finding, rule_error};
use crate::text::{Message, Text};

/// The longest name of a service or an operation, and the longest fixed label value, in bytes.
pub const MAX_DISPLAY_NAME: usize = 128;

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameOf {
    /// A metric.
    Metric,
    /// A label of a metric.
    Label,
    /// The prefix that the configuration puts before every metric's name.
    Prefix,
    /// A service.
    Service,
    /// An operation: an annotated function.
    Operation,
    /// A value of a label.
    Value,
    /// A debug flag.
    Flag,
    /// A business event.
    Event,
    /// A health check.
    Check,
    /// A group of health checks.
    Group,
}

impl NameOf {
    /// The words for messages: "a metric name".
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Metric => "a metric name",
            Self::Label => "a label name",
            Self::Prefix => "a metric prefix",
            Self::Service => "a service name",
            Self::Operation => "an operation name",
            Self::Value => "a label value",
            Self::Flag => "a debug flag",
            Self::Event => "an event name",
            Self::Check => "the name of a check",
            Self::Group => "the name of a group",
        }
    }
}

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameProblem {
    /// There is no name.
    Empty,
    /// It is longer than [`MAX_DISPLAY_NAME`] bytes.
    TooLong,
    /// It begins with a digit.
    LeadingDigit,
    /// A character that is not allowed.
    Character,
    /// A `:`, which Prometheus keeps for recording rules.
    Colon,
    /// It begins with `_`, which OpenMetrics reserves.
    LeadingUnderscore,
    /// A capital letter.
    Capital,
    /// White space at an end, or a control character.
    Blank,
    /// A word with a meaning of its own: who uses it.
    Reserved(&'static str),
    /// A suffix that the formats add themselves.
    ReservedSuffix(&'static str),
    /// A suffix that belongs to another kind of metric: the suffix and that kind.
    SuffixOfKind(&'static str, &'static str),
    /// A suffix that this kind of metric must have: the suffix and the kind.
    MissingSuffix(&'static str, &'static str),
    /// The name repeats the kind of the metric.
    KindInName(&'static str),
    /// A prefix that does not end in `_`.
    PrefixEnd,
}

/// A name that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameError<'a> {
    /// The name as it was given.
    pub name: &'a str,
    /// What it was to be.
    pub of: NameOf,
    /// What is wrong with it.
    pub problem: NameProblem,
    /// The byte at which it is wrong.
    pub position: usize,
}

rule_error!(NameError<'a>);

/// What is wrong with a name, at `path` of what is checked.
pub(crate) const fn name_finding(
    path: &'static str,
    checked: Result<(), NameError<'_>>,
) -> Option<Finding> {
    match checked {
        Ok(()) => None,
        Err(error) => Some(Finding::new(
            error.code(),
            path,
            error.message(),
            error.help().as_str(),
        )),
    }
}

impl NameError<'_> {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.problem {
            NameProblem::Empty => "name.empty",
            NameProblem::TooLong => "name.too_long",
            NameProblem::LeadingDigit | NameProblem::Character | NameProblem::Blank => {
                "name.character"
            }
            NameProblem::Colon => "name.colon",
            NameProblem::LeadingUnderscore => "name.underscore",
            NameProblem::Capital => "name.case",
            NameProblem::Reserved(_) => "name.reserved",
            NameProblem::ReservedSuffix(_) => "name.reserved_suffix",
            NameProblem::SuffixOfKind(..) | NameProblem::MissingSuffix(..) => "name.suffix",
            NameProblem::KindInName(_) => "name.kind",
            NameProblem::PrefixEnd => "name.prefix",
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn message(&self) -> Message {
        let m = Message::new();
        match self.problem {
            NameProblem::Empty => m.str(self.of.describe()).str(" is empty"),
            NameProblem::TooLong => m
                .str(self.of.describe())
                .str(" has at most ")
                .number(MAX_DISPLAY_NAME as u64)
                .str(" bytes, this one has ")
                .number(self.name.len() as u64),
            NameProblem::LeadingDigit => m.name(self.name).str(" begins with a digit"),
            NameProblem::Character => {
                let found = ascii::char_at(self.name, self.position);
                m.name(self.name)
                    .str(" contains ")
                    .name(found)
                    .str(" at position ")
                    .number(self.position as u64 + 1)
            }
            NameProblem::Colon => m
                .name(self.name)
                .str(" contains `:`, which Prometheus keeps for recording rules"),
            NameProblem::LeadingUnderscore => {
                m.name(self.name).str(" begins with `_`, which is reserved")
            }
            NameProblem::Capital => m.name(self.name).str(" is not in snake case"),
            NameProblem::Blank => m
                .name(self.name)
                .str(" has white space at an end or a control character at position ")
                .number(self.position as u64 + 1),
            NameProblem::Reserved(by) => m.name(self.name).str(" is reserved ").str(by),
            NameProblem::ReservedSuffix(suffix) => m
                .name(self.name)
                .str(" ends in ")
                .name(suffix)
                .str(", which the formats add themselves"),
            NameProblem::SuffixOfKind(suffix, kind) => m
                .name(self.name)
                .str(" ends in ")
                .name(suffix)
                .str(" but is not ")
                .str(kind),
            NameProblem::MissingSuffix(suffix, kind) => m
                .name(self.name)
                .str(" is ")
                .str(kind)
                .str(" and must end in ")
                .name(suffix),
            NameProblem::KindInName(kind) => {
                m.name(self.name).str(" repeats that it is a ").str(kind)
            }
            NameProblem::PrefixEnd => m
                .str("the prefix ")
                .name(self.name)
                .str(" does not end in `_`"),
        }
    }

    /// What to type instead.
    #[must_use]
    pub const fn help(&self) -> Message {
        let m = Message::new();
        match self.problem {
            NameProblem::Empty if matches!(self.of, NameOf::Value) => {
                m.str("write one: an empty value is the same as no label")
            }
            NameProblem::Empty => m.str("write a name"),
            NameProblem::TooLong => m.str("shorten it"),
            NameProblem::Reserved(_) => m.str("choose another name"),
            NameProblem::LeadingDigit => m.str("begin with a letter"),
            NameProblem::KindInName(_) => m.str("leave that word out"),
            NameProblem::SuffixOfKind(suffix, _) | NameProblem::ReservedSuffix(suffix) => {
                match ascii::strip_suffix(self.name, suffix) {
                    Some(rest) if !rest.is_empty() => m.str("write ").name(rest),
                    _ => m.str("choose another name"),
                }
            }
            NameProblem::MissingSuffix(suffix, _) => {
                m.str("write ").name(append(self.name, suffix).as_str())
            }
            NameProblem::PrefixEnd => m.str("write ").name(append(self.name, "_").as_str()),
            NameProblem::Blank if has_control(trim(self.name)) => m.str("remove it"),
            NameProblem::Character
            | NameProblem::Colon
            | NameProblem::LeadingUnderscore
            | NameProblem::Capital
            | NameProblem::Blank => {
                let fixed = self.fixed();
                if fixed.is_empty() {
                    m.str("write letters, digits and `_`")
                } else {
                    m.str("write ").name(fixed.as_str())
                }
            }
        }
    }

    /// The name with every forbidden character replaced.
    const fn fixed(&self) -> Text<MAX_DISPLAY_NAME> {
        match self.of {
            NameOf::Service | NameOf::Operation | NameOf::Value | NameOf::Flag => {
                Text::new().str(trim(self.name))
            }
            NameOf::Metric | NameOf::Label | NameOf::Event => snake_case(self.name),
            NameOf::Check | NameOf::Group => health::fixed(self.name),
            NameOf::Prefix => append(snake_case(self.name).as_str(), "_"),
        }
    }
}

/// Checks the name of a service: any printable text that OpenTelemetry's `service.name` allows.
///
/// # Errors
/// When it is empty, longer than [`MAX_DISPLAY_NAME`], has white space at an end or a control character.
pub const fn check_service_name(name: &str) -> Result<(), NameError<'_>> {
    check_display_name(name, NameOf::Service)
}

/// Checks the name of an operation: it is the span's name and a label value.
///
/// # Errors
/// When it is empty, longer than [`MAX_DISPLAY_NAME`], has white space at an end or a control character.
///
/// ```
/// use obs_schema::name::check_operation_name;
/// assert!(check_operation_name("GET /orders/{id}").is_ok());
/// assert_eq!(
///     check_operation_name("place_order ").unwrap_err().to_string(),
///     "`place_order ` has white space at an end or a control character at position 12; write `place_order`",
/// );
/// ```
pub const fn check_operation_name(name: &str) -> Result<(), NameError<'_>> {
    check_display_name(name, NameOf::Operation)
}

/// Checks the name of a debug flag.
///
/// # Errors
/// When it is empty, longer than [`MAX_DISPLAY_NAME`], has white space at an end or a control character.
pub const fn check_flag_name(name: &str) -> Result<(), NameError<'_>> {
    check_display_name(name, NameOf::Flag)
}

const fn check_display_name(name: &str, of: NameOf) -> Result<(), NameError<'_>> {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        return Err(NameError {
            name,
            of,
            problem: NameProblem::Empty,
            position: 0,
        });
    }
    if bytes.len() > MAX_DISPLAY_NAME {
        return Err(NameError {
            name,
            of,
            problem: NameProblem::TooLong,
            position: MAX_DISPLAY_NAME,
        });
    }
    let mut i = 0;
    while i < bytes.len() {
        let at_end = i == 0 || i == bytes.len() - 1;
        if bytes[i].is_ascii_control() || (at_end && bytes[i] == b' ') {
            return Err(NameError {
                name,
                of,
                problem: NameProblem::Blank,
                position: i,
            });
        }
        i += 1;
    }
    Ok(())
}

const fn has_control(text: &str) -> bool {
    let mut i = 0;
    while i < text.len() {
        if text.as_bytes()[i].is_ascii_control() {
            return true;
        }
        i += 1;
    }
    false
}

const fn append(name: &str, suffix: &str) -> Text<MAX_DISPLAY_NAME> {
    Text::new()
        .str(match ascii::strip_suffix(name, "_") {
            Some(rest) => rest,
            None => name,
        })
        .str(suffix)
}

const fn trim(name: &str) -> &str {
    match core::str::from_utf8(name.as_bytes().trim_ascii()) {
        Ok(trimmed) => trimmed,
        Err(_) => name,
    }
}

/// `shopOrders-total` as `shop_orders_total`: lower case, one `_` for every run of what is not allowed.
const fn snake_case(name: &str) -> Text<MAX_DISPLAY_NAME> {
    let bytes = name.as_bytes();
    let mut out = Text::new();
    let mut pending = false;
    let mut i = 0;
    while i < bytes.len() {
        let byte = bytes[i];
        let hump = byte.is_ascii_uppercase() && i > 0 && bytes[i - 1].is_ascii_lowercase();
        if byte.is_ascii_alphanumeric() {
            if (pending || hump) && !out.is_empty() {
                out = out.str("_");
            }
            pending = false;
            if !(out.is_empty() && byte.is_ascii_digit()) {
                out = push_ascii(out, byte.to_ascii_lowercase());
            }
        } else {
            pending = true;
        }
        i += 1;
    }
    out
}

/// Appends one ASCII character.
const fn push_ascii(out: Text<MAX_DISPLAY_NAME>, byte: u8) -> Text<MAX_DISPLAY_NAME> {
    match core::str::from_utf8(&[byte]) {
        Ok(character) => out.str(character),
        Err(_) => out,
    }
}

#[cfg(test)]
mod tests;
