//! Label names.

use super::{NameError, NameOf, NameProblem, check_display_name};
use crate::ascii;

/// The labels that an operation's metrics carry by themselves.
pub const OPERATION_LABELS: &[&str] = &[
    "operation",
    "outcome",
    "service",
    "db_system_name",
    "db_operation_name",
    "db_collection_name",
    "api",
    "endpoint",
];

/// The value under which the values beyond a label's `max_series` are counted.
pub const OVERFLOW: &str = "__overflow__";

/// Checks a value of a label that stands in the source: not empty, printable, not [`OVERFLOW`].
///
/// # Errors
/// As [`check_operation_name`](super::check_operation_name), and for [`OVERFLOW`].
///
/// ```
/// use obs_schema::name::check_label_value;
/// assert!(check_label_value("eu-west-1").is_ok());
/// assert_eq!(check_label_value("").unwrap_err().to_string(),
///     "a label value is empty; write one: an empty value is the same as no label");
/// ```
pub const fn check_label_value(value: &str) -> Result<(), NameError<'_>> {
    if ascii::eq(value, OVERFLOW) {
        let problem = NameProblem::Reserved("for the values beyond `max_series`");
        return Err(NameError {
            name: value,
            of: NameOf::Value,
            problem,
            position: 0,
        });
    }
    check_display_name(value, NameOf::Value)
}

/// Checks the name of a label: `[a-zA-Z][a-zA-Z0-9_]*`, none of the formats' own.
///
/// # Errors
/// When it is empty, has another character, begins with `_` or is `le`, `quantile` or `__name__`.
///
/// ```
/// use obs_schema::name::check_label_name;
/// assert!(check_label_name("region").is_ok());
/// assert_eq!(check_label_name("status-code").unwrap_err().to_string(),
///     "`status-code` contains `-` at position 7; write `status_code`");
/// assert_eq!(check_label_name("le").unwrap_err().to_string(),
///     "`le` is reserved for the bounds of histogram buckets; choose another name");
/// ```
pub const fn check_label_name(name: &str) -> Result<(), NameError<'_>> {
    let Some((problem, position)) = problem_of(name) else {
        return Ok(());
    };
    Err(NameError {
        name,
        of: NameOf::Label,
        problem,
        position,
    })
}

/// Checks a label that a program puts on a metric of its own: also not `service`, which is on every series.
///
/// # Errors
/// As [`check_label_name`], and for `service`.
pub const fn check_metric_label(name: &str) -> Result<(), NameError<'_>> {
    if ascii::eq(name, "service") {
        return reserved(name, "for the common label that is on every series");
    }
    check_label_name(name)
}

/// Checks a label that an annotated function adds: also none of [`OPERATION_LABELS`].
///
/// # Errors
/// As [`check_label_name`], and for the labels that the operation's metrics already have.
pub const fn check_operation_label(name: &str) -> Result<(), NameError<'_>> {
    if ascii::contains(OPERATION_LABELS, name) {
        return reserved(name, "for a label that operations already have");
    }
    check_label_name(name)
}

const fn reserved<'a>(name: &'a str, by: &'static str) -> Result<(), NameError<'a>> {
    Err(NameError {
        name,
        of: NameOf::Label,
        problem: NameProblem::Reserved(by),
        position: 0,
    })
}

const fn problem_of(name: &str) -> Option<(NameProblem, usize)> {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        return Some((NameProblem::Empty, 0));
    }
    if ascii::eq(name, "le") {
        return Some((
            NameProblem::Reserved("for the bounds of histogram buckets"),
            0,
        ));
    }
    if ascii::eq(name, "quantile") {
        return Some((NameProblem::Reserved("for the quantiles of summaries"), 0));
    }
    if ascii::starts_with(name, "__") {
        return Some((
            NameProblem::Reserved("by Prometheus, like every label that begins with `__`"),
            0,
        ));
    }
    if bytes[0] == b'_' {
        return Some((NameProblem::LeadingUnderscore, 0));
    }
    if bytes[0].is_ascii_digit() {
        return Some((NameProblem::LeadingDigit, 0));
    }
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_alphanumeric() && bytes[i] != b'_' {
            return Some((NameProblem::Character, i));
        }
        i += 1;
    }
    None
}
