//! Where a value in a text ends.

use std::ops::Range;

use super::REDACTED;

/// What is known of the place where a value stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// In the query of an address, where `&` comes before the next name.
    pub(super) in_query: bool,
    /// In a header, which is a whole line.
    pub(super) is_header: bool,
}

/// Values that say that there is none, or that it is hidden already.
const NOTHING: &[&str] = &["null", "none", "nil", "true", "false", "undefined"];
/// What a sentence goes on with after `token: `.
const PROSE: &[&str] = &[
    "cannot",
    "empty",
    "expected",
    "expired",
    "failed",
    "invalid",
    "is",
    "malformed",
    "missing",
    "must",
    "no",
    "not",
    "required",
    "rejected",
    "unexpected",
    "unknown",
    "wrong",
];
/// Words before the secret in the value of a header.
const SCHEMES: &[&str] = &["apikey", "basic", "bearer", "digest", "negotiate", "token"];

/// The value behind the separator at `at`; `None` for one that needs not be hidden.
pub(super) fn find(text: &str, at: usize, place: Place) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut start = at + 1;
    while matches!(bytes.get(start), Some(b' ' | b'\t' | b'=' | b'>')) {
        start += 1;
    }
    let range = match quoted(bytes, start) {
        Some(range) => range,
        None => start..bare_end(bytes, start, place),
    };
    let value = text.get(range.clone())?;
    let after_space = start > at + 1 && range.start == start;
    let is_prose = after_space && is_one_of(PROSE, value.trim_end_matches([',', '.', ';']));
    (!is_nothing(value) && !is_prose).then_some(range)
}

/// The text in quotes behind the separator at `at`.
pub(super) fn find_quoted(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = super::token::run(bytes, at + 1, |byte| byte == b' ');
    let range = quoted(bytes, start)?;
    let value = text.get(range.clone())?;
    (!is_nothing(value)).then_some(range)
}

fn is_nothing(value: &str) -> bool {
    value.is_empty()
        || value.starts_with(REDACTED)
        || value.bytes().all(|byte| byte == b'*')
        || is_one_of(NOTHING, value)
}

fn is_one_of(words: &[&str], value: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// What is between the quotes that begin at `start`. Quotes inside of quotes have backslashes before
/// them: none, one, three and so on, the deeper the more.
fn quoted(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let depth = super::token::run(bytes, start, |byte| byte == b'\\') - start;
    let open = start + depth;
    let quote = *bytes
        .get(open)
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let mut run = 0;
    for (at, &byte) in bytes.iter().enumerate().skip(open + 1) {
        if byte == b'\\' {
            run += 1;
            continue;
        }
        if byte == quote && run % (2 * depth + 2) == depth {
            return Some(open + 1..at - depth);
        }
        run = 0;
    }
    Some(open + 1..bytes.len())
}

/// Where a value without quotes ends.
fn bare_end(bytes: &[u8], start: usize, place: Place) -> usize {
    if let Some(end) = balanced_end(bytes, start, place) {
        return end;
    }
    let end = flat_end(bytes, start, place);
    let word = bytes
        .get(start..end)
        .and_then(|word| str::from_utf8(word).ok());
    if place.is_header && !word.is_some_and(is_nothing) {
        return line_end(bytes, start);
    }
    let is_scheme = word.is_some_and(|word| is_one_of(SCHEMES, word));
    if is_scheme && bytes.get(end) == Some(&b' ') {
        return flat_end(bytes, end + 1, place);
    }
    end
}

/// The end of a value like `Some("a b")` or `Key { bytes: [1, 2] }`. `None` if it is none; that of the text if the
/// brackets do not close, because the rest was cut off.
fn balanced_end(bytes: &[u8], start: usize, place: Place) -> Option<usize> {
    let is_path = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    let mut open = super::token::run(bytes, start, is_path);
    if open > start && bytes.get(open..)?.starts_with(b" {") {
        open += 1;
    }
    matches!(bytes.get(open)?, b'(' | b'[' | b'{').then_some(())?;
    let mut depth = 0_usize;
    let mut at = open;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' | b'\\' => at = quote_end(bytes, at).unwrap_or(at),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            // What goes on is no value of Rust, but a password with brackets in it.
            return is_boundary(bytes, at, place).then_some(at);
        }
    }
    Some(bytes.len())
}

/// Where the last quote is of the text in quotes that begins at `at`.
fn quote_end(bytes: &[u8], at: usize) -> Option<usize> {
    let inner = quoted(bytes, at)?;
    let backslashes = inner.start.checked_sub(at + 1)?;
    Some(inner.end + backslashes)
}

fn flat_end(bytes: &[u8], start: usize, place: Place) -> usize {
    let mut at = start;
    while at < bytes.len() && !ends_flat(bytes, at, place) {
        at += 1;
    }
    at
}

fn ends_flat(bytes: &[u8], at: usize, place: Place) -> bool {
    match bytes.get(at) {
        None | Some(b' ' | b'\t' | b'\n' | b'\r') => true,
        Some(b'&') => place.in_query,
        Some(b'\\') => bytes.get(at + 1) == Some(&b'"'),
        Some(b',' | b';') => is_boundary(bytes, at + 1, place) || is_name_of_next(bytes, at + 1),
        Some(b')' | b']' | b'}' | b'"' | b'\'' | b'`') => is_boundary(bytes, at + 1, place),
        _ => false,
    }
}

/// Whether a value can have ended before `at`.
fn is_boundary(bytes: &[u8], at: usize, place: Place) -> bool {
    let Some(byte) = bytes.get(at) else {
        return true;
    };
    byte.is_ascii_whitespace()
        || matches!(
            byte,
            b',' | b';' | b')' | b']' | b'}' | b'"' | b'\'' | b'`' | b'\\' | b'<'
        )
        || (place.in_query && *byte == b'&')
}

/// Whether `name=` or `name:` is at `at`.
fn is_name_of_next(bytes: &[u8], at: usize) -> bool {
    let end = super::token::run(bytes, at, |byte| super::token::is_key(byte) || byte == b'.');
    end > at && matches!(bytes.get(end), Some(b'=' | b':'))
}

/// The end of a line, also of one inside a text with escapes.
fn line_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let ends = |at: usize| match rest.get(at) {
        Some(b'\n' | b'\r') => true,
        Some(b'\\') => matches!(rest.get(at + 1), Some(b'n' | b'r')),
        _ => false,
    };
    start + (0..rest.len()).find(|at| ends(*at)).unwrap_or(rest.len())
}
