//! Metric names.

use super::{NameError, NameOf, NameProblem};
use crate::ascii;
use crate::def::MetricKind;

/// The suffixes that histograms, summaries and OpenMetrics form sample names with.
const RESERVED_SUFFIXES: &[&str] = &["_bucket", "_count", "_sum", "_created", "_gcount", "_gsum"];

/// Checks the characters of a metric's name: `[a-z][a-z0-9_]*`.
///
/// Prometheus would also take capitals and `:`; `promtool check metrics` complains
/// about the first and keeps the second for recording rules.
///
/// # Errors
/// When it is empty, begins with a digit or `_`, or has another character.
///
/// ```
/// use obs_schema::name::check_metric_name;
/// assert!(check_metric_name("orders_total").is_ok());
/// assert_eq!(check_metric_name("shop:orders").unwrap_err().to_string(),
///     "`shop:orders` contains `:`, which Prometheus keeps for recording rules; write `shop_orders`");
/// ```
pub const fn check_metric_name(name: &str) -> Result<(), NameError<'_>> {
    match characters(name) {
        Some((problem, position)) => Err(NameError {
            name,
            of: NameOf::Metric,
            problem,
            position,
        }),
        None => Ok(()),
    }
}

/// Checks a metric's name against its kind: a counter ends in `_total`, an info in
/// `_info`, others do not, and nothing ends in a suffix that the formats add.
///
/// # Errors
/// As [`check_metric_name`], and for the suffixes and for a name that repeats the kind.
///
/// ```
/// use obs_schema::{def::MetricKind, name::check_metric};
/// assert!(check_metric("orders_total", MetricKind::Counter).is_ok());
/// assert_eq!(check_metric("orders", MetricKind::Counter).unwrap_err().to_string(),
///     "`orders` is a counter and must end in `_total`; write `orders_total`");
/// ```
pub const fn check_metric(name: &str, kind: MetricKind) -> Result<(), NameError<'_>> {
    let problem = match characters(name) {
        Some(found) => Some(found),
        None => match suffix(name, kind) {
            Some(found) => Some(found),
            None => kind_word(name, kind),
        },
    };
    match problem {
        Some((problem, position)) => Err(NameError {
            name,
            of: NameOf::Metric,
            problem,
            position,
        }),
        None => Ok(()),
    }
}

/// Checks the name of a business event, of which the name of its counter is made: as [`check_metric_name`], and
/// without the `_total` that goes behind it.
///
/// # Errors
/// As [`check_metric_name`], and when it ends in `_total`.
///
/// ```
/// use obs_schema::name::check_event_name;
/// assert!(check_event_name("order_placed").is_ok());
/// assert_eq!(check_event_name("order placed").unwrap_err().to_string(),
///     "`order placed` contains ` ` at position 6; write `order_placed`");
/// assert_eq!(check_event_name("orders_total").unwrap_err().to_string(),
///     "`orders_total` ends in `_total`, which the formats add themselves; write `orders`");
/// ```
pub const fn check_event_name(name: &str) -> Result<(), NameError<'_>> {
    let problem = match characters(name) {
        None if ascii::ends_with(name, "_total") => {
            Some((NameProblem::ReservedSuffix("_total"), name.len()))
        }
        found => found,
    };
    match problem {
        Some((problem, position)) => Err(NameError {
            name,
            of: NameOf::Event,
            problem,
            position,
        }),
        None => Ok(()),
    }
}

/// Checks the prefix that goes before every metric's name: empty, or a name that ends in `_`.
///
/// # Errors
/// As [`check_metric_name`], and when it does not end in `_`.
pub const fn check_prefix(prefix: &str) -> Result<(), NameError<'_>> {
    if prefix.is_empty() {
        return Ok(());
    }
    let problem = match characters(prefix) {
        None if !ascii::ends_with(prefix, "_") => Some((NameProblem::PrefixEnd, prefix.len())),
        found => found,
    };
    match problem {
        Some((problem, position)) => Err(NameError {
            name: prefix,
            of: NameOf::Prefix,
            problem,
            position,
        }),
        None => Ok(()),
    }
}

/// The name of the family in OpenMetrics: without the `_total` of a counter and the `_info` of an info.
///
/// Two metrics with the same family name cannot be exported together.
#[must_use]
pub const fn family_name(name: &str, kind: MetricKind) -> &str {
    let stripped = match kind {
        MetricKind::Counter | MetricKind::FloatCounter => ascii::strip_suffix(name, "_total"),
        MetricKind::Info => ascii::strip_suffix(name, "_info"),
        MetricKind::Gauge | MetricKind::Histogram | MetricKind::Summary => None,
    };
    match stripped {
        Some(family) => family,
        None => name,
    }
}

const fn characters(name: &str) -> Option<(NameProblem, usize)> {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        return Some((NameProblem::Empty, 0));
    }
    if bytes[0] == b'_' {
        return Some((NameProblem::LeadingUnderscore, 0));
    }
    if bytes[0].is_ascii_digit() {
        return Some((NameProblem::LeadingDigit, 0));
    }
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'a'..=b'z' | b'0'..=b'9' | b'_' => {}
            b':' => return Some((NameProblem::Colon, i)),
            b'A'..=b'Z' => return Some((NameProblem::Capital, i)),
            _ => return Some((NameProblem::Character, i)),
        }
        i += 1;
    }
    None
}

const fn suffix(name: &str, kind: MetricKind) -> Option<(NameProblem, usize)> {
    let is_counter = matches!(kind, MetricKind::Counter | MetricKind::FloatCounter);
    let is_info = matches!(kind, MetricKind::Info);
    let problem = if is_counter && !ascii::ends_with(name, "_total") {
        NameProblem::MissingSuffix("_total", "a counter")
    } else if !is_counter && ascii::ends_with(name, "_total") {
        NameProblem::SuffixOfKind("_total", "a counter")
    } else if is_info && !ascii::ends_with(name, "_info") {
        NameProblem::MissingSuffix("_info", "an info")
    } else if !is_info && ascii::ends_with(name, "_info") {
        NameProblem::SuffixOfKind("_info", "an info")
    } else {
        match reserved_suffix(name) {
            Some(suffix) => NameProblem::ReservedSuffix(suffix),
            None => return None,
        }
    };
    Some((problem, name.len()))
}

const fn reserved_suffix(name: &str) -> Option<&'static str> {
    let mut i = 0;
    while i < RESERVED_SUFFIXES.len() {
        if ascii::ends_with(name, RESERVED_SUFFIXES[i]) {
            return Some(RESERVED_SUFFIXES[i]);
        }
        i += 1;
    }
    None
}

/// `promtool check metrics` complains about `requests_counter_total` and `queue_gauge`.
const fn kind_word(name: &str, kind: MetricKind) -> Option<(NameProblem, usize)> {
    let word = match kind {
        MetricKind::Counter | MetricKind::FloatCounter => "counter",
        // An info is a gauge in the text format.
        MetricKind::Gauge | MetricKind::Info => "gauge",
        MetricKind::Histogram => "histogram",
        MetricKind::Summary => "summary",
    };
    let mut rest = ascii::split_once(name, b'_').1;
    while let Some(words) = rest {
        let (head, tail) = ascii::split_once(words, b'_');
        if ascii::eq(head, word) {
            return Some((NameProblem::KindInName(word), name.len() - words.len()));
        }
        rest = tail;
    }
    None
}
