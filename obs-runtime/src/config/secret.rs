//! Hiding what must not be shown.
//!
//! No key holds a password: those are files, named by a key. What people put into addresses and labels
//! nevertheless is hidden wherever it can be recognised.

use super::show::Shown;

/// What is shown instead.
pub const HIDDEN: &str = "[hidden]";

/// Names of attributes and variables that say that the value is nobody's business.
const TELLTALES: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "token",
    "credential",
    "authorization",
    "api_key",
    "apikey",
    "api-key",
    "headers",
];

/// The value without its secrets.
pub(super) fn hide(value: Shown) -> Shown {
    match value {
        Shown::Text(text) => Shown::Text(hide_userinfo(&text)),
        Shown::Pairs(pairs) => Shown::Pairs(
            pairs
                .into_iter()
                .map(|(name, value)| {
                    let value = hide_named(&name, &value);
                    (name, value)
                })
                .collect(),
        ),
        other => other,
    }
}

/// The value of an attribute or variable without its secrets.
pub(super) fn hide_named(name: &str, value: &str) -> String {
    if is_secret_name(name) {
        return HIDDEN.to_owned();
    }
    hide_userinfo(value)
}

/// Whether an attribute or variable of this name is nobody's business.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLTALES.iter().any(|telltale| name.contains(telltale))
}

/// `https://user:password@host/` as `https://[hidden]@host/`, wherever in the text it is.
pub(crate) fn hide_userinfo(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        shown.push_str(head);
        // A comma may be part of a password, or stand before the next address.
        let ends = |c: char| matches!(c, '/' | '?' | '#') || c.is_whitespace();
        let end = tail.find(ends).unwrap_or(tail.len());
        let end = tail.find("://").map_or(end, |next| next.min(end));
        let (authority, after) = tail.split_at(end);
        match authority.rsplit_once('@') {
            Some((_, host)) => {
                shown.push_str(HIDDEN);
                shown.push('@');
                shown.push_str(host);
            }
            None => shown.push_str(authority),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}
