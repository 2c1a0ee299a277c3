//! Records, read by another than who writes them.

use std::collections::BTreeMap;
use std::fmt;

use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Value as Json, json};

use super::*;
use crate::log::ship::Ecs;
use crate::log::{Place, Scope};
use crate::trace::{Attribute, SpanId, TraceId, Value};

/// An object in which no key is there twice: Elasticsearch refuses all others.
#[derive(Debug, PartialEq)]
struct Object(BTreeMap<String, Member>);

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(untagged)]
enum Member {
    Object(Object),
    Plain(Json),
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Strict;
        impl<'de> Visitor<'de> for Strict {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut all = BTreeMap::new();
                while let Some((key, member)) = map.next_entry::<String, Member>()? {
                    if all.insert(key.clone(), member).is_some() {
                        return Err(A::Error::custom(format!("{key} is there twice")));
                    }
                }
                Ok(Object(all))
            }
        }
        deserializer.deserialize_map(Strict)
    }
}

fn ecs() -> Ecs {
    Ecs::new(&config(&[]).service, Some("here"), 42)
}

fn line(record: &Record) -> String {
    let mut out = Vec::new();
    ecs().write(&mut out, draft(record).view());
    String::from_utf8(out).unwrap()
}

fn json_of(record: &Record) -> Json {
    let line = line(record);
    serde_json::from_str::<Object>(&line).unwrap();
    serde_json::from_str(&line).unwrap()
}

fn fields(pairs: &[(&'static str, Value)]) -> Vec<Attribute> {
    let pairs = pairs.iter().cloned();
    pairs.map(|(key, value)| (key.into(), value)).collect()
}

#[test]
fn a_record_has_the_fields_of_the_schema() {
    let record = Record {
        level: Level::ERROR,
        file: Some("src/cart.rs".into()),
        line: Some(12),
        error_chain: vec!["saving \"failed\"".to_owned(), "disk\nfull".to_owned()],
        thread: Thread {
            id: 3,
            name: Some("worker".into()),
        },
        trace: Some(Place {
            trace_id: TraceId::new(0xabc).unwrap(),
            span_id: SpanId::new(0xdef).unwrap(),
        }),
        operation: Some("checkout"),
        request_id: Some("r-1".to_owned()),
        user_id: Some("u-1".to_owned()),
        ..plain("added")
    };
    assert_eq!(
        json_of(&record),
        json!({
            "@timestamp": "2026-08-06T12:00:00.123456Z",
            "log.level": "error",
            "message": "added",
            "ecs.version": "8.11.0",
            "service.name": "Shop-Front",
            "service.version": "1.4",
            "service.environment": "prod",
            "service.node.name": "pod-7",
            "event.dataset": "Shop-Front.log",
            "host.name": "node-3",
            "process.pid": 42,
            "log.logger": "shop::cart",
            "trace.id": "00000000000000000000000000000abc",
            "span.id": "0000000000000def",
            "event.action": "checkout",
            "http.request.id": "r-1",
            "user.id": "u-1",
            "log.origin.file.name": "src/cart.rs",
            "log.origin.file.line": 12,
            "process.thread.id": 3,
            "process.thread.name": "worker",
            "error.message": "saving \"failed\"",
            "error.stack_trace": "saving \"failed\"\nCaused by: disk\nfull",
        })
    );
}

#[test]
fn a_service_without_a_host_of_its_own_has_that_of_the_system() {
    let service = Layers::default().load().unwrap().service;
    let mut out = Vec::new();
    Ecs::new(&service, Some("here"), 1).write(&mut out, draft(&plain("")).view());
    let record: Json = serde_json::from_slice(&out).unwrap();
    assert_eq!(record["host.name"], "here");
    assert_eq!(record["message"], "");
}

#[test]
fn a_panic_is_an_error() {
    let record = json_of(&Record {
        target: "panic".into(),
        ..plain("index out of bounds")
    });
    assert_eq!(record["error.type"], "panic");
    assert_eq!(record["error.message"], "index out of bounds");
    assert!(record["error.stack_trace"].is_null());
}

#[test]
fn the_stack_trace_of_a_panic_is_no_label() {
    let trace = [("exception.stacktrace", Value::from("5: cart\n6: main"))];
    let of = |target: &'static str| {
        json_of(&Record {
            target: target.into(),
            fields: fields(&trace),
            ..plain("out of bounds")
        })
    };
    let panic = of("panic");
    assert_eq!(panic["error.stack_trace"], "5: cart\n6: main");
    assert!(panic["labels"].is_null(), "{panic}");
    let other = of("shop");
    assert_eq!(other["labels"]["exception_stacktrace"], "5: cart\n6: main");
}

#[test]
fn values_of_the_program_have_one_type_each() {
    let record = json_of(&Record {
        fields: fields(&[
            ("text", Value::from("7")),
            ("yes", Value::Bool(true)),
            ("less", Value::I64(-7)),
            ("most", Value::U64(u64::MAX)),
            ("real", Value::F64(0.5)),
            ("whole", Value::F64(2.0)),
            ("never", Value::F64(f64::NAN)),
            ("@timestamp", Value::from("now")),
        ]),
        ..plain("added")
    });
    assert_eq!(
        record["labels"],
        json!({ "text": "7", "yes": "true", "never": "NaN", "@timestamp": "now" })
    );
    assert_eq!(
        record["numeric_labels"],
        json!({ "less": -7.0, "most": u64::MAX as f64, "real": 0.5, "whole": 2.0 })
    );
    assert_eq!(record["@timestamp"], "2026-08-06T12:00:00.123456Z");
    let line = line(&Record {
        fields: fields(&[("n", Value::I64(7)), ("f", Value::F64(2.0))]),
        ..plain("")
    });
    // An index that has seen `7` first would take every number there for a whole one.
    assert!(
        line.contains(r#""numeric_labels":{"n":7.0,"f":2.0}"#),
        "{line}"
    );
}

#[test]
fn keys_that_become_the_same_have_the_nearest_value() {
    let record = json_of(&Record {
        fields: fields(&[("a.b", Value::I64(1)), ("a_b", Value::from("last"))]),
        attributes: fields(&[("a*b", Value::I64(2)), ("", Value::I64(3))]),
        context: vec![
            (" ".to_owned(), "c".to_owned()),
            ("tenant".to_owned(), "acme".to_owned()),
        ],
        ..plain("")
    });
    assert_eq!(record["labels"], json!({ "a_b": "last", "tenant": "acme" }));
    assert_eq!(record["numeric_labels"], json!({ "_": 3.0 }));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab._*\\\\ ]{0,2}",
        "[ -~\u{e9}\u{2028}\n\r\t\u{0}\"]{0,12}",
        proptest::collection::vec(any::<char>(), 0..8).prop_map(|all| all.into_iter().collect()),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::I64),
        any::<u64>().prop_map(Value::U64),
        any::<f64>().prop_map(Value::F64),
        any_text().prop_map(Value::from),
    ]
}

fn any_fields() -> impl Strategy<Value = Vec<Attribute>> {
    let pair = (any_text(), any_value()).prop_map(|(key, value)| (key.into(), value));
    proptest::collection::vec(pair, 0..4)
}

/// Whether a number is this one, as exactly as the reader is.
fn is_near(number: &Json, value: f64) -> bool {
    let near = |read: f64| (read - value).abs() <= value.abs() * 4.0 * f64::EPSILON;
    number.as_f64().is_some_and(near)
}

/// A key as it may be sent.
fn cleaned(key: &str) -> String {
    let blank = |c: char| c.is_whitespace() || c.is_control() || ".*\\".contains(c);
    let key = key.replace(blank, "_");
    if key.is_empty() { "_".to_owned() } else { key }
}

proptest! {
    /// Whatever a program says, each line is one object without a key that is there twice, and each key of the program
    /// is in it once, with the nearest value.
    #[test]
    fn every_record_can_be_read(
        texts in (any_text(), any_text(), any_text()),
        lists in (any_fields(), any_fields(), any_fields()),
        errors in proptest::collection::vec(any_text(), 0..3),
        context in proptest::collection::vec((any_text(), any_text()), 0..3),
        time in any::<u64>(),
    ) {
        let record = Record {
            time_unix_ns: time,
            target: texts.0.into(),
            message: texts.1,
            request_id: Some(texts.2),
            error_chain: errors.clone(),
            fields: lists.0,
            attributes: lists.1,
            spans: vec![Scope { name: "span", fields: lists.2.into() }],
            context,
            ..plain("")
        };
        let line = line(&record);
        prop_assert!(!line.contains('\n'));
        let read: Result<Object, _> = serde_json::from_str(&line);
        prop_assert!(read.is_ok(), "{:?}: {}", read, line);
        let json: Json = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(&json["message"], &record.message);
        prop_assert_eq!(json["error.message"].as_str(), errors.first().map(String::as_str));

        // What is nearest comes last.
        let mut expected = BTreeMap::new();
        let of_request = record.context.iter();
        let of_request = of_request.map(|(key, value)| (key.clone().into(), Value::from(value.clone())));
        let far: Vec<Attribute> = of_request.collect();
        let span = &*record.spans[0].fields;
        for (key, value) in far.iter().chain(span).chain(&record.attributes).chain(&record.fields) {
            expected.insert(cleaned(key), value.clone());
        }
        let count = |name: &str| json[name].as_object().map_or(0, serde_json::Map::len);
        prop_assert_eq!(count("labels") + count("numeric_labels"), expected.len());
        for (key, value) in expected {
            let (label, number) = (&json["labels"][&key], &json["numeric_labels"][&key]);
            match value {
                Value::Bool(value) => prop_assert_eq!(label, &value.to_string()),
                Value::Str(text) => prop_assert_eq!(label, &*text),
                Value::I64(value) => prop_assert!(is_near(number, value as f64)),
                Value::U64(value) => prop_assert!(is_near(number, value as f64)),
                Value::F64(value) if value.is_finite() => prop_assert!(is_near(number, value)),
                Value::F64(_) => prop_assert!(label.is_string()),
            }
        }
    }
}
