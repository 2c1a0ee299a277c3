//! What is hidden and what is not.

mod keys;
mod properties;
mod texts;

use std::ops::Range;

#[cfg(feature = "log")]
pub(crate) use self::properties::{plain, planted};
use super::*;

/// What the default rules show of a text.
#[track_caller]
fn hidden(text: &str) -> String {
    Redaction::new().hide(text).into_owned()
}

#[test]
fn a_sensitive_value_is_never_shown() {
    let value = Sensitive::new("hunter2");
    assert_eq!(
        format!("{value} {value:?} {:#?}", Some(value)),
        "[redacted] [redacted] Some(\n    [redacted],\n)"
    );
    assert_eq!(*value.expose(), "hunter2");
    let mut changed = Sensitive::from("hunter2".to_owned());
    changed.expose_mut().push('!');
    assert_eq!(changed.into_exposed(), "hunter2!");
}

#[test]
fn rules_of_ones_own_come_on_top() {
    let redaction = Redaction::new()
        .with_keys(["iban", "tax-id", ""])
        .with_shown_keys(["session_token"])
        .with_prefixes(["acme_", ""])
        .with_finder(|text| {
            text.match_indices("Ada")
                .map(|(at, name)| at..at + name.len())
                .collect()
        });
    for key in ["iban", "customerIban", "TAX_ID", "taxId", "password"] {
        assert!(redaction.hides_key(key), "{key}");
    }
    for key in ["tax", "session_token", "SESSION_TOKEN"] {
        assert!(!redaction.hides_key(key), "{key}");
    }
    assert_eq!(
        redaction.hide("Ada sent acme_1-2/x (password=acme_17), iban: DE89 to Ada"),
        "[redacted] sent [redacted] (password=[redacted]), iban: [redacted] to [redacted]"
    );
}

#[test]
fn what_a_finder_says_is_put_right() {
    let backwards = Range { start: 4, end: 3 };
    let odd = move |_: &str| vec![1..2, 100..200, backwards.clone()];
    let redaction = Redaction::new().with_finder(odd);
    assert_eq!(redaction.hide("äöü"), "[redacted]öü");
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let panicking = Redaction::new().with_finder(|_| panic!("no"));
    let shown = panicking.hide("all of this").into_owned();
    std::panic::set_hook(quiet);
    assert_eq!(shown, "[redacted]");
}
