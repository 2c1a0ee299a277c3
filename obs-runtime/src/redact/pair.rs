//! Names and values inside of a text: `password=..`, `"token": ".."`, `Authorization: Bearer ..`.

use std::ops::Range;

use super::rules::Keys;
use super::{key, value};

/// Bytes of a name that are looked at.
const MAX_NAME: usize = 64;

/// Names that carry a secret in the query of an address alone: those that sign it.
const SIGNATURES: &[&str] = &[
    "sig",
    "signature",
    "x-amz-signature",
    "x-goog-signature",
    "awsaccesskeyid",
];

/// Headers, whose value is the rest of the line.
const HEADERS: &[&str] = &["authorization", "cookie"];

/// A name before a separator.
struct Name<'a> {
    text: &'a str,
    /// Where it begins, its quotes included.
    start: usize,
    letters: u32,
}

/// The value behind the `:` or `=` at `at`, if the name before it is that of a secret.
pub(super) fn find(keys: &Keys, text: &str, at: usize) -> Option<Range<usize>> {
    let name = name_before(text, at)?;
    let bytes = text.as_bytes();
    let before = name
        .start
        .checked_sub(1)
        .and_then(|before| bytes.get(before));
    let in_query = matches!(before, Some(b'?' | b'&'));
    let is_signature = || {
        in_query
            && SIGNATURES
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name.text))
    };
    if !(keys.hide(name.text, name.letters) || is_pair(text, &name) || is_signature()) {
        return None;
    }
    let is_header = HEADERS
        .iter()
        .any(|header| name.text.len() >= header.len() && ends_with(name.text, header));
    value::find(
        text,
        at,
        value::Place {
            in_query,
            is_header,
        },
    )
}

/// The value of `--password hunter2`, whose name begins at `at`.
pub(super) fn find_in_arguments(keys: &Keys, text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let end = super::token::run(bytes, at, super::token::is_key);
    let name = text.get(at..end).filter(|name| !name.is_empty())?;
    // Another option, or the name of a value in a help text.
    let is_value = !matches!(bytes.get(end + 1)?, b'-' | b'<' | b'[');
    let is_secret =
        bytes.get(end) == Some(&b' ') && is_value && keys.hide(name, key::letters(name));
    let place = value::Place {
        in_query: false,
        is_header: false,
    };
    is_secret
        .then(|| value::find(text, end - 1, place))
        .flatten()
}

/// The second text of `("authorization", "Bearer ..")`, whose comma is at `at`.
pub(super) fn find_in_tuple(keys: &Keys, text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if bytes.get(at.checked_sub(1)?) != Some(&b'"') {
        return None;
    }
    let name = name_before(text, at)?;
    let open = name
        .start
        .checked_sub(1)
        .and_then(|before| bytes.get(before));
    if open != Some(&b'(') || !keys.hide(name.text, name.letters) {
        return None;
    }
    value::find_quoted(text, at)
}

fn ends_with(name: &str, end: &str) -> bool {
    let tail = name
        .len()
        .checked_sub(end.len())
        .and_then(|start| name.get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

fn name_before(text: &str, at: usize) -> Option<Name<'_>> {
    let bytes = text.as_bytes();
    let mut end = at;
    while end > 0 && at - end < 2 && bytes.get(end - 1) == Some(&b' ') {
        end -= 1;
    }
    let quoted = end > 0 && matches!(bytes.get(end - 1), Some(b'"' | b'\'' | b'`'));
    if quoted {
        end -= 1;
        end -= backslashes(bytes, end);
    }
    let mut start = end;
    let mut letters = 0;
    while start > 0 && end - start < MAX_NAME {
        let byte = *bytes.get(start - 1)?;
        if !is_name(byte) {
            break;
        }
        letters |= key::bit(byte);
        start -= 1;
    }
    let name = text.get(start..end).filter(|name| !name.is_empty())?;
    if quoted {
        start = start.saturating_sub(1);
        start -= backslashes(bytes, start);
    }
    Some(Name {
        text: name,
        start,
        letters,
    })
}

/// How many backslashes are before `at`.
fn backslashes(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    before
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Whether it is the second word of `private key: ..`.
fn is_pair(text: &str, name: &Name<'_>) -> bool {
    let Some(before) = text
        .get(..name.start)
        .and_then(|before| before.strip_suffix(' '))
    else {
        return false;
    };
    let first = before
        .rfind(|c: char| !c.is_ascii_alphanumeric())
        .map_or(0, |at| at + 1);
    let is_word = name.start - first < MAX_NAME && before.is_char_boundary(first);
    is_word
        && text
            .get(first..name.start + name.text.len())
            .is_some_and(key::is_pair)
}
