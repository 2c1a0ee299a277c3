//! Redaction alone.

use std::hint::black_box;
use std::sync::LazyLock;

use obs_runtime::redact::Redaction;

use crate::body::{Failed, body, each};
use crate::case::{Case, Finish};
use crate::contender::Entry;
use crate::paired::Paired;

pub(super) const TEXTS: Entry = Entry {
    contender: "obs",
    scenario: "redact",
    how: "Redaction::{hides_key, hide}: five names, 160 bytes of text",
    set_up: texts,
};

static REDACTION: LazyLock<Redaction> = LazyLock::new(Redaction::new);

/// The names in a record of a request.
const NAMES: [&str; 5] = ["message", "customer", "method", "request_id", "url.path"];

/// Its texts, which lie in memory one behind the other. Nothing of it is secret.
const TEXTS_OF_RECORD: &str = "order 4711 of customer ada placed, 3 items, to be delivered by 2026-08-06\
    ada@example.comvisa550e8400-e29b-41d4-a716-446655440000/orders/4711/items?page=2&sort=price";

#[inline(never)]
fn redacted(input: u64) -> Result<u64, Failed> {
    let is_secret = |name: &str| REDACTION.hides_key(name);
    let shown = REDACTION.hide(black_box(TEXTS_OF_RECORD));
    if black_box(NAMES).into_iter().any(is_secret) || shown.len() != TEXTS_OF_RECORD.len() {
        return Err(Failed);
    }
    body(input)
}

fn texts() -> Box<dyn Case> {
    Paired::new(|inputs| each(inputs, redacted), |_| Ok(Finish::default())).boxed()
}
