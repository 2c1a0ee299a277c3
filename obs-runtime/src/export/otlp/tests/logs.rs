//! Log records against the official messages.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use proptest::prelude::*;
use prost::Message;
use tracing::Level;

use crate::config::Layers;
use crate::export::otlp::logs::Logs;
use crate::export::otlp::resource::Frame;
use crate::export::records::Encode;
use crate::log::ship::draft;
use crate::log::{Place, Record, Scope, Thread};
use crate::trace::{Attribute, SpanId, TraceId, Value};

/// A record of which little is known.
pub(super) fn plain(level: Level) -> Record {
    Record {
        time_unix_ns: 1_786_017_600_000_000_007,
        level,
        target: "shop::cart".into(),
        file: None,
        line: None,
        message: "added".to_owned(),
        fields: Vec::new(),
        error_chain: Vec::new(),
        thread: Thread { id: 3, name: None },
        trace: None,
        operation: None,
        attributes: Vec::new(),
        request_id: None,
        user_id: None,
        context: Vec::new(),
        spans: Vec::new(),
    }
}

/// A request with this record.
pub(super) fn request(record: &Record) -> Vec<u8> {
    let mut items = Vec::new();
    Logs::default().encode(&mut items, draft(record).view());
    let service = Layers::default().load().unwrap().service;
    let mut out = Vec::new();
    Frame::new(&service).around(&mut out, &items, None);
    out
}

fn sent(record: &Record) -> LogRecord {
    let mut request = ExportLogsServiceRequest::decode(&*request(record)).unwrap();
    let mut resource = request.resource_logs.remove(0);
    let mut scope = resource.scope_logs.remove(0);
    assert_eq!(scope.log_records.len(), 1);
    scope.log_records.remove(0)
}

/// The attributes; a key that is there twice is a mistake.
fn attributes(record: &LogRecord) -> BTreeMap<String, Any> {
    let mut all = BTreeMap::new();
    for attribute in &record.attributes {
        let value = attribute.value.clone().unwrap().value.unwrap();
        let before = all.insert(attribute.key.clone(), value);
        assert_eq!(before, None, "{} is there twice", attribute.key);
    }
    all
}

fn text(value: &str) -> Any {
    Any::StringValue(value.to_owned())
}

fn fields(pairs: &[(&'static str, Value)]) -> Vec<Attribute> {
    let pairs = pairs.iter().cloned();
    pairs.map(|(key, value)| (key.into(), value)).collect()
}

#[test]
fn a_record_says_what_when_and_how_severe() {
    for (level, number, word) in [
        (Level::TRACE, 1, "TRACE"),
        (Level::DEBUG, 5, "DEBUG"),
        (Level::INFO, 9, "INFO"),
        (Level::WARN, 13, "WARN"),
        (Level::ERROR, 17, "ERROR"),
    ] {
        let record = sent(&plain(level));
        assert_eq!(record.severity_number, number);
        assert_eq!(record.severity_text, word);
        assert_eq!(record.time_unix_nano, 1_786_017_600_000_000_007);
        assert_eq!(record.observed_time_unix_nano, record.time_unix_nano);
        assert_eq!(record.body.unwrap().value, Some(text("added")));
        assert!(record.trace_id.is_empty() && record.span_id.is_empty());
    }
}

#[test]
fn values_keep_their_types() {
    let record = sent(&Record {
        fields: fields(&[
            ("text", Value::from("a\"b")),
            ("yes", Value::Bool(true)),
            ("less", Value::I64(-7)),
            ("more", Value::U64(7)),
            ("most", Value::U64(u64::MAX)),
            ("real", Value::F64(0.5)),
        ]),
        ..plain(Level::INFO)
    });
    let found = attributes(&record);
    assert_eq!(found["text"], text("a\"b"));
    assert_eq!(found["yes"], Any::BoolValue(true));
    assert_eq!(found["less"], Any::IntValue(-7));
    assert_eq!(found["more"], Any::IntValue(7));
    assert_eq!(found["most"], text("18446744073709551615"));
    assert_eq!(found["real"], Any::DoubleValue(0.5));
}

#[test]
fn a_record_knows_where_it_comes_from() {
    let place = Place {
        trace_id: TraceId::new(0xabc).unwrap(),
        span_id: SpanId::new(0xdef).unwrap(),
    };
    let mut draft = draft(&Record {
        file: Some("src/cart.rs".into()),
        line: Some(12),
        thread: Thread {
            id: 3,
            name: Some("worker".into()),
        },
        trace: Some(place),
        operation: Some("checkout"),
        request_id: Some("r-1".to_owned()),
        user_id: Some("u-1".to_owned()),
        error_chain: vec!["saving failed".to_owned(), "disk full".to_owned()],
        ..plain(Level::ERROR)
    });
    draft.head.flags = 3;
    let mut items = Vec::new();
    Logs::default().encode(&mut items, draft.view());
    let scope = opentelemetry_proto::tonic::logs::v1::ScopeLogs::decode(&*items).unwrap();
    let record = &scope.log_records[0];
    assert_eq!(record.trace_id, 0xabc_u128.to_be_bytes());
    assert_eq!(record.span_id, 0xdef_u64.to_be_bytes());
    assert_eq!(record.flags, 3);
    let expected = [
        ("code.file.path", text("src/cart.rs")),
        ("code.line.number", Any::IntValue(12)),
        ("exception.message", text("saving failed")),
        ("log.target", text("shop::cart")),
        ("operation", text("checkout")),
        ("request.id", text("r-1")),
        ("thread.id", Any::IntValue(3)),
        ("thread.name", text("worker")),
        ("user.id", text("u-1")),
    ];
    let expected: BTreeMap<_, _> = expected.map(|(key, value)| (key.to_owned(), value)).into();
    assert_eq!(attributes(record), expected);
    assert_eq!(record.event_name, "");
}

#[test]
fn a_panic_is_an_exception() {
    let record = sent(&Record {
        target: "panic".into(),
        message: "index out of bounds".to_owned(),
        fields: vec![("exception.stacktrace".into(), "5: cart\n6: main".into())],
        ..plain(Level::ERROR)
    });
    assert_eq!(record.event_name, "exception");
    let found = attributes(&record);
    assert_eq!(found["exception.stacktrace"], text("5: cart\n6: main"));
    assert_eq!(found["exception.type"], text("panic"));
    assert_eq!(found["exception.message"], text("index out of bounds"));
}

const KEYS: [&str; 6] = ["a", "b", "thread.id", "log.target", "request.id", "c"];

/// Few keys, so that they meet.
fn keyed() -> impl Strategy<Value = Vec<Attribute>> {
    let keys = proptest::sample::subsequence(&KEYS, 0..=KEYS.len());
    (keys, any::<i64>()).prop_map(|(keys, value)| {
        let keys = keys.into_iter();
        keys.map(|key| (key.into(), Value::I64(value))).collect()
    })
}

/// Any record.
pub(super) fn records() -> impl Strategy<Value = Record> {
    let lists = (keyed(), keyed(), proptest::collection::vec(keyed(), 0..3));
    let texts = (".{0,20}", proptest::option::of("[a-z]{1,5}"), keyed());
    let place = (any::<u128>(), any::<u64>());
    (lists, texts, place, any::<u64>()).prop_map(
        |((fields, attributes, spans), (message, request_id, context), (trace, span), time)| {
            let place = TraceId::new(trace).zip(SpanId::new(span));
            Record {
                time_unix_ns: time,
                message,
                fields,
                attributes,
                request_id,
                context: context
                    .into_iter()
                    .map(|(key, value)| (key.into_owned(), value.to_string()))
                    .collect(),
                spans: spans
                    .into_iter()
                    .map(|fields| Scope {
                        name: "span",
                        fields: fields.into(),
                    })
                    .collect(),
                trace: place.map(|(trace_id, span_id)| Place { trace_id, span_id }),
                ..plain(Level::WARN)
            }
        },
    )
}

proptest! {
    /// Of each key there is one, with the value of whoever is nearest to the event.
    #[test]
    fn the_nearest_value_of_a_key_is_sent(record in records()) {
        let found = attributes(&sent(&record));
        for key in KEYS {
            let of = |list: &[Attribute]| {
                list.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
            };
            let span = record.spans.iter().rev().find_map(|span| of(&span.fields));
            let nearest = of(&record.fields).or_else(|| of(&record.attributes)).or(span);
            let context = record.context.iter().find(|(name, _)| name == key);
            let expected = match (nearest, context) {
                (Some(Value::I64(value)), _) => Some(Any::IntValue(value)),
                (_, Some((_, value))) => Some(text(value)),
                (_, None) => match key {
                    "thread.id" => Some(Any::IntValue(3)),
                    "log.target" => Some(text("shop::cart")),
                    "request.id" => record.request_id.as_deref().map(text),
                    _ => None,
                },
            };
            prop_assert_eq!(found.get(key), expected.as_ref(), "{}", key);
        }
    }
}
