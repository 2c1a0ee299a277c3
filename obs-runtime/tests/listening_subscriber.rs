//! What a subscriber of the program's own learns of an annotated call.
#![cfg(all(feature = "macros", feature = "log"))]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use obs_runtime::trace_request;
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Notes every field of every span.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let noted = format!("{}={value:?}", field.name());
        self.0.lock().unwrap().push(noted);
    }
}

impl<S: Subscriber> Layer<S> for Seen {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let name = attributes.metadata().name();
        self.0.lock().unwrap().push(name.to_owned());
        attributes.record(&mut self.clone());
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }
}

#[trace_request("charge", kind = client, labels(urgent = urgent))]
fn charge(urgent: bool) -> Result<(), String> {
    if urgent {
        Ok(())
    } else {
        Err("later".to_owned())
    }
}

#[trace_request("count")]
fn count() {}

#[test]
fn a_call_is_a_span_with_its_labels_its_kind_and_how_it_ended() {
    let seen = Seen::default();
    let subscriber = tracing_subscriber::registry().with(seen.clone());
    tracing::subscriber::with_default(subscriber, || {
        charge(true).unwrap();
        charge(false).unwrap_err();
        count();
    });
    let seen = seen.0.lock().unwrap();
    assert_eq!(
        *seen,
        [
            "charge",
            r#"otel.kind="client""#,
            r#"urgent="true""#,
            r#"obs.outcome="ok""#,
            "charge",
            r#"otel.kind="client""#,
            r#"urgent="false""#,
            r#"obs.outcome="error""#,
            r#"otel.status_code="ERROR""#,
            "count",
            r#"obs.outcome="ok""#,
        ]
    );
}
