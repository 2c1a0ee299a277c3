//! Redaction where code of the program cannot help: in panics, with processors that panic, and in the spans that are
//! stored.
#![cfg(feature = "log")]

use std::panic::catch_unwind;
use std::sync::LazyLock;
use std::time::Duration;

use obs_runtime::collect::{Collect, Sink};
use obs_runtime::config::Layers;
use obs_runtime::context::RequestContext;
use obs_runtime::log::{self, Decision, LogConfig, LogGuard, LogMetrics, Query, RecordMut};
use obs_runtime::redact::Redaction;
use obs_runtime::{Starter, trace};

/// The one log of this process. Its processor panics at every record with the field `panics`, and at all of panics.
static LOG: LazyLock<LogGuard> = LazyLock::new(|| {
    std::panic::set_hook(Box::new(|_| {}));
    let config = LogConfig::new()
        .with_redaction(Redaction::new().with_keys(["iban"]))
        .with_processor(|record: &mut RecordMut<'_>| {
            assert!(
                record.field("panics").is_none() && record.target() != "panic",
                "as asked"
            );
            Decision::Keep
        });
    let log = log::init(config).unwrap();
    log::install_panic_hook();
    log
});

#[test]
fn a_panic_message_is_redacted() {
    let _log = &*LOG;
    let caught = catch_unwind(|| {
        let config = r#"Config { name: "brewery", password: "hunter2", iban: DE89 }"#;
        panic!("cannot start with {config}");
    });
    assert!(caught.is_err());
    let found = log::recent(&Query::new().text("brewery"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].target, "panic");
    assert!(
        !format!("{found:?}").contains("hunter2") && !found[0].message.contains("DE89"),
        "{found:?}"
    );
    assert!(found[0].message.contains("[redacted]"));
}

#[test]
fn a_processor_that_panics_does_not_end_the_process_by_its_own_panic_record() {
    let _log = &*LOG;
    tracing::info!(panics = true, "goes on");
    assert_eq!(log::recent(&Query::new().text("goes on")).len(), 1);
    assert!(
        !log::recent(&Query::new().text("as asked")).is_empty(),
        "the panic is logged as well"
    );
    let mut families = Vec::new();
    LogMetrics.collect(&mut Sink::new(&mut families));
    let is_wanted = |name: &str| name == "obs_log_processor_panics_total";
    let panics = families
        .iter()
        .find(|family| is_wanted(&family.name))
        .unwrap();
    assert!(panics.samples[0].value >= 1.0);
}

#[test]
fn spans_are_redacted_before_they_are_stored() {
    let _log = &*LOG;
    let layers =
        Layers::default().variables([("OBS_SAMPLER", "1.0"), ("OBS_LISTEN", "127.0.0.1:0")]);
    let running = Starter::new(layers).start().unwrap();
    let request = RequestContext::new()
        .with("session_token", "s-17")
        .with("tenant", "acme")
        .enter();
    let span = trace::span("charging with token=abc").enter();
    let id = trace::current_trace_id().unwrap();
    span.attribute("db.url", "postgres://app:hunter2@db/shop");
    span.attribute("password", "hunter2");
    span.attribute("iban", 89_i64);
    span.attribute("order", 17_i64);
    drop(span);
    drop(request);
    assert!(running.flush(Duration::from_secs(5)));
    let stored = trace::store().get(id).unwrap();
    let span = &stored.spans[0];
    assert_eq!(span.name, "charging with token=[redacted]");
    let value = |key: &str| {
        span.attributes
            .iter()
            .find(|(known, _)| known == key)
            .unwrap()
            .1
            .to_string()
    };
    assert_eq!(value("db.url"), "postgres://app:[redacted]@db/shop");
    assert_eq!(value("password"), "[redacted]");
    assert_eq!(value("iban"), "[redacted]");
    assert_eq!(value("order"), "17");
    assert_eq!(value("session_token"), "[redacted]");
    assert_eq!(value("tenant"), "acme");
    running.shutdown().wait();
}
