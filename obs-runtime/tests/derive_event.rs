//! What `#[derive(Event)]` gives.
#![cfg(feature = "macros")]
#![deny(warnings, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::fmt;
use std::time::Duration;

use obs_runtime::__private::{LabelDef, Values};
use obs_runtime::analytics::{self, Summary};
use obs_runtime::event::{EventDef, EventField, Role};
use obs_runtime::metric::Registry;
use obs_runtime::metric::definition::MetricKind;
use obs_runtime::metric::snapshot::Value;
use obs_runtime::{Event, Label, Labels};

#[derive(Label, Clone, Copy)]
enum Outlet {
    Web,
    Phone,
}

struct Money(i64);

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[derive(Debug)]
#[allow(dead_code, reason = "shown by `Debug`")]
struct Part(u8);

/// Questions that were answered.
///
/// This is for readers of the code.
#[derive(Event)]
#[event(name = "question_answered", level = "warn")]
struct Answered<'a, 'b> {
    #[event(label)]
    outlet: Outlet,
    #[event(user)]
    customer: u64,
    #[event(feature, label, max_series = 3)]
    feature: &'a str,
    #[event(error)]
    error: Option<&'b str>,
    #[event(model, rename = "llm")]
    model: String,
    #[event(tokens_in)]
    prompt: u32,
    #[event(tokens_out)]
    answer: Option<u64>,
    #[event(display)]
    price: Money,
    #[event(debug)]
    part: Part,
    share: f64,
    #[event(skip)]
    #[allow(dead_code, reason = "left out")]
    secret: &'a str,
}

fn answered(feature: &str) -> Answered<'_, '_> {
    Answered {
        outlet: Outlet::Web,
        customer: 17,
        feature,
        error: None,
        model: "derive-event-large".to_owned(),
        prompt: 1_000,
        answer: Some(200),
        price: Money(1_999),
        part: Part(3),
        share: 0.5,
        secret: "hunter2",
    }
}

/// The value of a counter with these labels; 0 if there is no such series.
fn counter(name: &str, labels: &[(&str, &str)]) -> u64 {
    let snapshot = Registry::global().snapshot();
    let series = snapshot.family(name).and_then(|family| family.with(labels));
    match series.map(|series| &series.value) {
        Some(Value::Counter(count)) => *count,
        _ => 0,
    }
}

fn day() -> Summary {
    analytics::summary(Duration::from_hours(24))
}

/// How often an event happened, and was an error.
fn happened(event: &str) -> (u64, u64) {
    let day = day();
    let found = day.by_event.iter().find(|one| one.name == event);
    found.map_or((0, 0), |one| (one.count, one.errors))
}

#[test]
fn the_definition_says_everything() {
    let EventDef {
        name,
        counter,
        fields,
        ..
    } = *Answered::DEF;
    assert_eq!(name, "question_answered");
    assert_eq!(counter.name, "question_answered_total");
    assert_eq!(counter.help, "Questions that were answered.");
    assert_eq!(counter.kind, MetricKind::Counter);
    assert_eq!(counter.owner, "Answered");
    assert!(counter.source.file.ends_with("derive_event.rs") && counter.source.line > 0);
    let labels = [
        LabelDef {
            name: "outlet",
            values: Values::Finite(&["web", "phone"]),
        },
        LabelDef {
            name: "feature",
            values: Values::Capped { max_series: 3 },
        },
    ];
    assert_eq!(counter.labels, labels);
    assert_eq!(Answered::LABELS, labels);
    let field = |name, role| EventField { name, role };
    assert_eq!(
        fields,
        [
            field("outlet", None),
            field("customer", Some(Role::User)),
            field("feature", Some(Role::Feature)),
            field("error", Some(Role::Error)),
            field("llm", Some(Role::Model)),
            field("prompt", Some(Role::TokensIn)),
            field("answer", Some(Role::TokensOut)),
            field("price", None),
            field("part", None),
            field("share", None),
        ]
    );
}

/// Carts that were emptied.
#[derive(Event)]
struct CartEmptied;

#[test]
fn an_event_without_fields_is_its_name() {
    let counted = counter("cart_emptied_total", &[]);
    CartEmptied.record();
    CartEmptied.record();
    assert_eq!(counter("cart_emptied_total", &[]), counted + 2);
    assert_eq!(happened("cart_emptied"), (2, 0));
}

/// Deliveries.
#[derive(Event)]
struct Delivered {
    #[event(label)]
    outlet: Outlet,
}

#[test]
fn series_exist_before_the_first_event() {
    let snapshot = Registry::global().snapshot();
    let family = snapshot.family("delivered_total").unwrap();
    assert_eq!(family.help, "Deliveries.");
    let web = family.with(&[("outlet", "web")]).unwrap();
    assert_eq!(web.value, Value::Counter(0));
    Delivered {
        outlet: Outlet::Phone,
    }
    .record();
    assert_eq!(counter("delivered_total", &[("outlet", "phone")]), 1);
}

#[test]
fn an_event_is_counted_by_its_labels_and_roles() {
    let labels = [("outlet", "web"), ("feature", "chat")];
    answered("chat").record();
    Answered {
        error: Some("derive_event_timeout"),
        answer: None,
        ..answered("chat")
    }
    .record();
    assert_eq!(counter("question_answered_total", &labels), 2);
    let day = day();
    let feature = day
        .by_feature
        .iter()
        .find(|one| one.name == "chat")
        .unwrap();
    assert_eq!((feature.count, feature.errors), (2, 1));
    let error = day
        .by_error
        .iter()
        .find(|one| one.name == "derive_event_timeout");
    assert_eq!(error.unwrap().count, 1);
    let model = day
        .by_model
        .iter()
        .find(|one| one.name == "derive-event-large");
    let model = model.unwrap();
    assert_eq!((model.requests, model.errors), (2, 1));
    assert_eq!((model.tokens_in, model.tokens_out), (2_000, 200));
    assert!(day.users.count >= 1);
}

/// Searches, by what was looked for.
#[derive(Event)]
struct Searched {
    #[event(label, max_series = 2)]
    term: String,
}

#[test]
fn text_beyond_the_cap_shares_a_series() {
    for term in ["a", "b", "c", "d"] {
        Searched {
            term: term.to_owned(),
        }
        .record();
    }
    assert_eq!(counter("searched_total", &[("term", "a")]), 1);
    assert_eq!(counter("searched_total", &[("term", "__overflow__")]), 2);
    assert_eq!(happened("searched"), (4, 0));
}

/// Imports of files.
#[derive(Event)]
struct Imported {
    #[event(error, display)]
    error: Option<Money>,
    #[event(feature, debug)]
    part: Option<Part>,
    #[event(display)]
    price: std::option::Option<Money>,
}

#[test]
fn an_option_that_is_written_is_the_value_in_it() {
    let none = || Imported {
        error: None,
        part: None,
        price: None,
    };
    none().record();
    assert_eq!(happened("imported"), (1, 0));
    Imported {
        error: Some(Money(123)),
        part: Some(Part(7)),
        price: Some(Money(5)),
    }
    .record();
    assert_eq!(happened("imported"), (2, 1));
    let day = day();
    let errors: Vec<&str> = day.by_error.iter().map(|one| &*one.name).collect();
    let features: Vec<&str> = day.by_feature.iter().map(|one| &*one.name).collect();
    assert!(errors.contains(&"1.23") && !errors.contains(&"None"));
    assert!(features.contains(&"Part(7)") && !features.contains(&"None"));
}

struct Panics;

impl fmt::Display for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a field that cannot be shown")
    }
}

/// Events with a field that panics.
#[derive(Event)]
struct Hostile {
    #[event(display, error)]
    what: Panics,
}

#[test]
fn a_field_that_panics_is_not_the_end_of_the_caller() {
    Hostile { what: Panics }.record();
    assert_eq!(happened("hostile"), (1, 1));
}

#[cfg(feature = "log")]
mod logged {
    use std::sync::{Arc, LazyLock};

    use obs_runtime::log::{self, LogConfig, LogGuard, Query, Record};
    use obs_runtime::trace::Value;
    use tracing::Level;

    use super::*;

    /// The one log of this process.
    static LOG: LazyLock<LogGuard> =
        LazyLock::new(|| log::init(LogConfig::new().with_recent(1_000, 1 << 20)).unwrap());

    /// The records with this message.
    fn records(message: &str) -> Vec<Arc<Record>> {
        let mut records = log::recent(&Query::default());
        records.retain(|record| record.message == message);
        records
    }

    #[test]
    fn an_event_is_a_record_with_all_its_fields() {
        LazyLock::force(&LOG);
        answered("derive-event-logged").record();
        let records = records("question_answered");
        let feature = ("feature".into(), Value::from("derive-event-logged"));
        let record = records
            .iter()
            .find(|record| record.fields.contains(&feature))
            .unwrap();
        assert_eq!(
            (record.level, &*record.target),
            (Level::WARN, "derive_event")
        );
        assert!(record.file.as_ref().unwrap().ends_with("derive_event.rs"));
        let expected: [(_, Value); 9] = [
            ("outlet", "web".into()),
            ("customer", Value::U64(17)),
            ("feature", "derive-event-logged".into()),
            ("llm", "derive-event-large".into()),
            ("prompt", Value::I64(1_000)),
            ("answer", Value::U64(200)),
            ("price", "19.99".into()),
            ("part", "Part(3)".into()),
            ("share", Value::F64(0.5)),
        ];
        let expected = expected.map(|(key, value)| (key.into(), value));
        assert_eq!(record.fields, expected);
    }

    /// Events that are not logged.
    #[derive(Event)]
    #[event(level = "off")]
    struct Quiet;

    #[test]
    fn the_level_off_is_no_record() {
        LazyLock::force(&LOG);
        Quiet.record();
        assert_eq!(happened("quiet"), (1, 0));
        assert!(records("quiet").is_empty());
    }
}
