//! Secrets do not reach an output, whatever they come in.

use std::fmt;

use proptest::prelude::*;
use serde_json::json;
use tracing::{error, info, info_span};

use super::super::*;
use super::support::*;
use crate::__private::{Callsite, OperationDef, SeriesKey, Verdict};
use crate::context::RequestContext;
use crate::op::begin;
use crate::outcome::CallOutcome;
use crate::redact::tests::{plain, planted};
use crate::redact::{REDACTED, Redaction, Sensitive};
use crate::testing;

static CHARGE_DEF: OperationDef = operation("charge", &[TENANT]);
static CHARGE: Callsite = Callsite::new(&CHARGE_DEF);

#[derive(Debug)]
struct Failure(String, Option<Box<Failure>>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

/// Logs the text in every place that a text can be in.
fn log_everywhere(text: &str) {
    let failure = Failure(
        text.to_owned(),
        Some(Box::new(Failure(format!("because {text}"), None))),
    );
    let _request = RequestContext::new()
        .with_request_id(text)
        .with("note", text)
        .with(text.to_owned(), "value")
        .enter();
    crate::context::set_user_id(text);
    let mut op = begin(&CHARGE, SeriesKey::Values(&[text]), None);
    if let Some(recorder) = op.recorder() {
        recorder.attribute("note", &text);
    }
    let span = info_span!("outer", note = text, shown = ?text, late = tracing::field::Empty);
    span.record("late", text);
    let _inside = span.enter();
    info!(note = text, shown = ?Some(text), displayed = %text, "said {text}");
    error!(
        error = &failure as &dyn std::error::Error,
        other = &failure as &dyn std::error::Error,
        "failed"
    );
    error!("{failure}");
    op.finish(Verdict {
        outcome: CallOutcome::Ok,
        error: None,
    });
}

/// A log with every form of output, and all that is in them and in memory.
fn everything_logged(text: &str) -> (String, Vec<std::sync::Arc<Record>>) {
    let pretty = Captured::default();
    let output = Output::new(LogFormat::Pretty, StreamSink::new(pretty.clone()));
    let log = test_log(|config| config.with_output(output));
    log.run(|| log_everywhere(text));
    let json = log.lines();
    assert_eq!(json.len(), 3);
    let kept = log.handle.recent(&Query::new());
    (format!("{json:?}\n{}\n{kept:?}", pretty.text()), kept)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_secret_reaches_an_output(before in plain(), (text, secret) in planted()) {
        let _capture = testing::capture();
        let (all, _) = everything_logged(&format!("{before} {text}"));
        // As Rust and JSON would write it.
        let escaped = secret.replace('\n', "\\n");
        prop_assert!(!all.contains(&secret) && !all.contains(&escaped), "{secret}: {all}");
        prop_assert!(all.contains(REDACTED));
    }

    #[test]
    fn what_is_no_secret_is_logged_as_it_is(text in plain()) {
        let _capture = testing::capture();
        let (all, kept) = everything_logged(&text);
        prop_assert!(!all.contains(REDACTED), "{all}");
        prop_assert_eq!(&kept[2].message, &format!("said {}", &text));
        prop_assert_eq!(kept[2].field("note"), Some(&text.clone().into()));
        prop_assert_eq!(kept[2].attribute("note"), Some(&text.clone().into()));
        prop_assert_eq!(kept[1].error_chain.clone(), vec![text.clone(), format!("because {}", &text)]);
    }
}

#[test]
fn values_are_hidden_by_the_names_of_their_fields() {
    let lines = logged(|| {
        let _request = RequestContext::new()
            .with("session_id", "s-17")
            .with("tenant", "acme")
            .enter();
        let span = info_span!("outer", api_key = "k-17", shard = 3);
        let _inside = span.enter();
        info!(
            password = "hunter2",
            db_password = ?Some("hunter2"),
            token = 1234,
            secret = 0.5,
            has_token = true,
            cookie = true,
            token_count = 17,
            card_number = "[redacted]4242",
            card = 4_111_111_111_111_111_u64,
            order = 4_111_111_111_111_112_i64,
            "signed in"
        );
    });
    assert_eq!(
        lines[0]["fields"],
        json!({
            "password": "[redacted]", "db_password": "[redacted]", "token": "[redacted]", "secret": "[redacted]",
            "has_token": true, "cookie": true, "token_count": 17, "card_number": "[redacted]4242",
            "card": "[redacted]", "order": 4_111_111_111_111_112_i64,
        })
    );
    assert_eq!(
        lines[0]["context"],
        json!({"session_id": "[redacted]", "tenant": "acme"})
    );
    assert_eq!(
        lines[0]["spans"][0]["fields"],
        json!({"api_key": "[redacted]", "shard": 3})
    );
}

#[test]
fn a_sensitive_value_can_be_a_field_and_an_attribute() {
    let capture = testing::capture();
    let log = test_log(LogConfig::without_redaction);
    let pin = Sensitive::new(1815);
    log.run(|| {
        let mut op = begin(&CHARGE, SeriesKey::Values(&["acme"]), None);
        op.recorder().unwrap().attribute("pin", &pin);
        info!(%pin, debug = ?Some(pin), "unlocking {pin}");
        op.finish(Verdict {
            outcome: CallOutcome::Ok,
            error: None,
        });
    });
    let line = log.line("unlocking [redacted]");
    assert_eq!(
        line["fields"],
        json!({"pin": "[redacted]", "debug": "Some([redacted])"})
    );
    assert_eq!(line["attributes"]["pin"], "[redacted]");
    let attributes = capture.span("charge").attributes;
    assert!(
        attributes.contains(&("pin".into(), "[redacted]".into())),
        "{attributes:?}"
    );
}

#[test]
fn redaction_can_be_extended_and_turned_off() {
    let say = || {
        info!(
            iban = "DE89",
            note = "acme_17",
            password = "hunter2",
            "said"
        );
    };
    let log = test_log(|config| {
        config.with_redaction(
            Redaction::new()
                .with_keys(["iban"])
                .with_prefixes(["acme_"]),
        )
    });
    log.run(say);
    assert_eq!(
        log.line("said")["fields"],
        json!({"iban": "[redacted]", "note": "[redacted]", "password": "[redacted]"})
    );
    let log = test_log(LogConfig::without_redaction);
    log.run(say);
    assert_eq!(
        log.line("said")["fields"],
        json!({"iban": "DE89", "note": "acme_17", "password": "hunter2"})
    );
}

#[test]
fn what_was_hidden_is_gone_from_memory_too() {
    let mut draft = super::super::draft::Draft::new();
    draft.begin(tracing::Level::INFO, 0);
    draft.head.message = draft.keep("password=hunter2");
    let value = draft.keep("hunter2");
    draft.set_field("secret", super::super::draft::Raw::Text(value));
    let log = test_log(|config| config).handle;
    assert!(log.process(&mut draft, process::Origin::Event));
    let view = draft.view();
    assert_eq!(view.text(view.head.message), "password=[redacted]");
    assert!(!view.text.contains("hunter2"), "{}", view.text);
}

#[test]
fn events_of_spans_are_redacted_too() {
    let capture = testing::capture();
    test_log(|config| config.with_span_events(true)).run(|| {
        let mut op = begin(&CHARGE, SeriesKey::Values(&["acme"]), None);
        info!(token = "abc", "password=hunter2");
        op.finish(Verdict {
            outcome: CallOutcome::Ok,
            error: None,
        });
    });
    let span = capture.span("charge");
    assert_eq!(span.events[0].name, "password=[redacted]");
    assert!(
        span.events[0]
            .attributes
            .contains(&("token".into(), "[redacted]".into()))
    );
}
