//! Passwords in addresses: `postgres://app:hunter2@db/shop`.

use std::ops::Range;

/// Bytes of an address that are looked at.
const MAX_URL: usize = 1024;
/// A name before the `@` that is at least as long is a token.
const MIN_TOKEN: usize = 16;

/// The secret of the address whose `://` is at `at`, if it has one.
pub(super) fn find(text: &str, at: usize) -> Option<Range<usize>> {
    let start = at + "://".len();
    let rest = text.as_bytes().get(start..)?;
    let rest = rest.get(..rest.len().min(MAX_URL))?;
    let end = rest
        .iter()
        .position(|byte| ends_url(*byte))
        .unwrap_or(rest.len());
    let url = rest.get(..end)?;
    let is_path = |byte: &u8| matches!(byte, b'/' | b'?' | b'#');
    let authority = url.split(is_path).next().unwrap_or_default();
    let userinfo = match authority.iter().rposition(|byte| *byte == b'@') {
        Some(at) => authority.get(..at)?,
        // A password may have in it what ends an authority, if nobody has escaped it.
        None if has_password(authority) => match url.iter().rposition(|byte| *byte == b'@') {
            Some(at) => url.get(..at)?,
            None if is_cut(text, start + end) => url,
            None => return None,
        },
        None => return None,
    };
    let secret = match userinfo.iter().position(|byte| *byte == b':') {
        Some(colon) => colon + 1..userinfo.len(),
        None if userinfo.len() >= MIN_TOKEN => 0..userinfo.len(),
        None => return None,
    };
    (!secret.is_empty()).then_some(start + secret.start..start + secret.end)
}

fn ends_url(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'<' | b'>' | b'`')
}

/// Whether what is behind the colon of an authority can be no port.
fn has_password(authority: &[u8]) -> bool {
    let mut parts = authority.splitn(2, |byte| *byte == b':');
    let host = parts.next().unwrap_or_default();
    let port = parts.next().unwrap_or_default();
    !host.starts_with(b"[") && !port.iter().all(u8::is_ascii_digit)
}

/// Whether the text was too long, and its end is missing.
fn is_cut(text: &str, end: usize) -> bool {
    end == text.len() && text.ends_with('…')
}
