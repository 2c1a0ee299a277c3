//! Which format a scraper gets, by its header `Accept`.
//!
//! Like every HTTP negotiation (RFC 9110, 12.5.1): of the ranges that match a
//! format the most specific one decides its quality, the format of the highest
//! quality wins, and among equals the one that was asked for more precisely,
//! then the one that was named first.

use super::{Escaping, Format, Syntax};

/// What is on offer, the preferred ones first where a wildcard asks for anything.
const OFFERS: [Syntax; 3] = [Syntax::Text004, Syntax::OpenMetrics, Syntax::Text100];

/// One element of the header.
#[derive(Debug, Clone, Copy, Default)]
struct Range<'a> {
    kind: &'a str,
    version: Option<&'a str>,
    escaping: Option<&'a str>,
    quality: u16,
}

impl Format {
    /// The format for a scraper that sends this `Accept`; several such headers are joined by commas.
    ///
    /// Whatever does not parse is left out, and if nothing fits, the answer is the
    /// [text format](Self::TEXT), as it is without the header: a scrape never fails for this.
    ///
    /// ```
    /// use obs_runtime::metric::encode::Format;
    ///
    /// let accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    /// assert_eq!(Format::negotiate(accept), Format::OPENMETRICS);
    /// assert_eq!(Format::negotiate("text/html, */*;q=0.8"), Format::TEXT);
    /// ```
    #[must_use]
    pub fn negotiate(accept: &str) -> Self {
        let ranges: Vec<Range<'_>> = split(accept, b',').filter_map(parse).collect();
        let best = OFFERS
            .iter()
            .enumerate()
            .filter_map(|(place, &syntax)| {
                let (at, range) = most_specific(&ranges, syntax)?;
                let rank = (
                    range.quality,
                    specificity(range),
                    usize::MAX - at,
                    usize::MAX - place,
                );
                (range.quality > 0).then_some((rank, syntax, range))
            })
            .max_by_key(|(rank, ..)| *rank);
        let Some((_, syntax, range)) = best else {
            return Self::TEXT;
        };
        let escaping = match syntax {
            Syntax::Text004 => None,
            Syntax::Text100 => Some(escaping(range.escaping.unwrap_or(""))),
            Syntax::OpenMetrics => range.escaping.map(escaping),
        };
        Self { syntax, escaping }
    }
}

/// `dots` would rewrite every name with a `_` in it, so it is answered by the default.
fn escaping(asked: &str) -> Escaping {
    match asked {
        "allow-utf-8" => Escaping::AllowUtf8,
        "values" => Escaping::Values,
        _ => Escaping::Underscores,
    }
}

fn most_specific<'r, 'a>(
    ranges: &'r [Range<'a>],
    syntax: Syntax,
) -> Option<(usize, &'r Range<'a>)> {
    let matching = ranges
        .iter()
        .enumerate()
        .filter(|(_, range)| matches(range, syntax));
    // The first of equals: `max_by_key` would take the last.
    matching.rev().max_by_key(|(_, range)| specificity(range))
}

fn matches(range: &Range<'_>, syntax: Syntax) -> bool {
    let (kind, family, versions): (_, _, &[&str]) = match syntax {
        Syntax::Text004 => ("text/plain", "text/*", &["0.0.4"]),
        Syntax::Text100 => ("text/plain", "text/*", &["1.0.0"]),
        Syntax::OpenMetrics => ("application/openmetrics-text", "application/*", &["1.0.0"]),
    };
    let named = range.kind.eq_ignore_ascii_case(kind);
    let fits = named || range.kind.eq_ignore_ascii_case(family) || range.kind == "*/*";
    match range.version {
        Some(version) => named && versions.contains(&version),
        // Nobody means the newer text format who does not say so.
        None => fits && syntax != Syntax::Text100,
    }
}

fn specificity(range: &Range<'_>) -> u8 {
    match range.kind.split_once('/') {
        Some(("*", _)) => 0,
        Some((_, "*")) => 1,
        _ => 2 + u8::from(range.version.is_some()),
    }
}

/// `type/subtype;name=value;q=0.5`. `None` if it is not one.
fn parse(element: &str) -> Option<Range<'_>> {
    let mut parts = split(element, b';').map(str::trim);
    let kind = parts.next().filter(|kind| kind.contains('/'))?;
    let mut range = Range {
        kind,
        quality: 1000,
        ..Range::default()
    };
    for parameter in parts {
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        let value = unquote(value.trim());
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => range.quality = quality(value)?,
            "version" => range.version = Some(value),
            "escaping" => range.escaping = Some(value),
            _ => {}
        }
    }
    Some(range)
}

/// A quality in thousandths. `None` unless it is `0`, `1` or has up to three decimals within.
fn quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{decimals:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

fn unquote(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    inner.unwrap_or(value)
}

/// The parts between separators that do not stand in quotes.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        let mut quoted = false;
        let end = whole.bytes().position(|byte| {
            quoted ^= byte == b'"';
            byte == separator && !quoted
        });
        let (part, after) = match end {
            Some(end) => (whole.get(..end), whole.get(end + 1..)),
            None => (Some(whole), None),
        };
        rest = after;
        part
    })
}
