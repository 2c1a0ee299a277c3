//! What called services are told of the request at hand.

use crate::ascii;
use crate::issue::Finding;
use crate::text::Message;

const PATH: &str = "tracing.forward";

/// Headers that have a meaning of their own: a key in their place would break requests, or the trace.
const TAKEN: &[&str] = &[
    "authorization",
    "baggage",
    "b3",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "te",
    "traceparent",
    "tracestate",
    "transfer-encoding",
];

/// What is wrong with the pair at `at`.
pub(super) const fn check(pairs: &[(&str, &str)], at: usize) -> Option<Finding> {
    let (key, header) = pairs[at];
    let help = "write for example `tenant: x-tenant`";
    if key.is_empty() {
        let message = Message::new().str("a key of `tracing.forward` is empty");
        return Some(Finding::new("name.empty", PATH, message, help));
    }
    if !is_header(header) {
        let message = Message::new()
            .name(header)
            .str(" is not the name of a header in lower case");
        return Some(Finding::new("header.name", PATH, message, help));
    }
    if ascii::position(TAKEN, header).is_some() {
        let message = Message::new()
            .str("the header ")
            .name(header)
            .str(" has a meaning of its own");
        return Some(Finding::new("header.taken", PATH, message, help));
    }
    let mut i = 0;
    while i < at {
        if ascii::eq(pairs[i].0, key) || ascii::eq(pairs[i].1, header) {
            let message = Message::new()
                .str("`tracing.forward` has ")
                .name(if ascii::eq(pairs[i].0, key) {
                    key
                } else {
                    header
                })
                .str(" twice");
            return Some(Finding::new(
                "monitoring.duplicate",
                PATH,
                message,
                "remove one",
            ));
        }
        i += 1;
    }
    None
}

/// Letters in lower case, digits, and the signs that stand in names of headers.
const fn is_header(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let fits = bytes[i].is_ascii_lowercase()
            || bytes[i].is_ascii_digit()
            || matches!(bytes[i], b'-' | b'_' | b'.');
        if !fits {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}
