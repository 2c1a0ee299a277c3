//! What is hidden in the spans of a program that has no log.
#![cfg(feature = "log")]

use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::{Starter, trace};

/// The attributes `password` and `iban` of a span that is stored under these settings.
fn stored(settings: &[(&str, &str)]) -> [String; 2] {
    let usual = [("OBS_SAMPLER", "1.0"), ("OBS_LISTEN", "127.0.0.1:0")];
    let variables = usual.iter().chain(settings).copied();
    let starter = Starter::new(Layers::default().variables(variables));
    let running = starter.without_log().start().unwrap();
    let span = trace::span("pay").enter();
    let id = trace::current_trace_id().unwrap();
    span.attribute("password", "hunter2");
    span.attribute("iban", "DE89");
    drop(span);
    assert!(running.flush(Duration::from_secs(5)));
    let stored = trace::store().get(id).unwrap();
    running.shutdown().wait();
    ["password", "iban"].map(|key| {
        let mut attributes = stored.spans[0].attributes.iter();
        attributes
            .find(|(known, _)| known == key)
            .unwrap()
            .1
            .to_string()
    })
}

#[test]
fn the_configuration_says_what_is_hidden() {
    assert_eq!(stored(&[]), ["[redacted]", "DE89"]);
    assert_eq!(
        stored(&[("OBS__LOGGING__REDACT_KEYS", "tax_id, iban")]),
        ["[redacted]", "[redacted]"]
    );
    assert_eq!(
        stored(&[("OBS__LOGGING__REDACT", "false")]),
        ["hunter2", "DE89"]
    );
}
