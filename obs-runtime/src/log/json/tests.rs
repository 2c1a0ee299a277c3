use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tracing::Level;

use super::super::draft::Draft;
use super::super::draft::tests::draft;
use super::super::record::{Place, Record, Scope, Thread};
use super::*;
use crate::trace::{Attribute, SpanId, TraceId, Value};

fn common() -> Common {
    Common::new("shop".to_owned(), || 7, true)
}

fn line(record: &Record, common: &Common) -> String {
    let mut out = Vec::new();
    write(
        &mut out,
        draft(record).view(),
        common,
        &mut UsualJson::default(),
    );
    String::from_utf8(out).unwrap()
}

fn parsed(record: &Record) -> Json {
    serde_json::from_str(&line(record, &common())).unwrap()
}

fn field(key: &str, value: impl Into<Value>) -> Attribute {
    (key.to_owned().into(), value.into())
}

fn full() -> Record {
    Record {
        time_unix_ns: 1_786_017_600_123_456_789,
        target: "shop::payment".into(),
        file: Some("src/payment.rs".into()),
        line: Some(42),
        message: "card declined".to_owned(),
        fields: vec![
            field("attempt", 2_u64),
            field("level", "mine"),
            field("ok", false),
        ],
        error_chain: vec!["charging failed".to_owned(), "no route".to_owned()],
        thread: Thread {
            id: 3,
            name: Some("worker".into()),
        },
        trace: Some(Place {
            trace_id: TraceId::new(0xaf).unwrap(),
            span_id: SpanId::new(0xb7).unwrap(),
        }),
        operation: Some("charge"),
        attributes: vec![field("card", "visa")],
        request_id: Some("r-1".to_owned()),
        user_id: Some("ada".to_owned()),
        context: vec![("tenant".to_owned(), "acme".to_owned())],
        spans: vec![
            Scope {
                name: "outer",
                fields: Arc::default(),
            },
            Scope {
                name: "inner",
                fields: Arc::new(vec![field("n", -1_i64)]),
            },
        ],
        ..Record::empty(Level::WARN)
    }
}

#[test]
fn a_line_has_every_key_in_the_documented_order() {
    assert_eq!(
        line(&full(), &common()),
        concat!(
            r#"{"timestamp":"2026-08-06T12:00:00.123456Z","level":"WARN","target":"shop::payment","#,
            r#""message":"card declined","service":"shop","#,
            r#""trace_id":"000000000000000000000000000000af","span_id":"00000000000000b7","#,
            r#""operation":"charge","request_id":"r-1","user_id":"ada","#,
            r#""fields":{"attempt":2,"level":"mine","ok":false},"#,
            r#""error_chain":["charging failed","no route"],"attributes":{"card":"visa"},"#,
            r#""context":{"tenant":"acme"},"#,
            r#""spans":[{"name":"outer"},{"name":"inner","fields":{"n":-1}}],"#,
            r#""file":"src/payment.rs","line":42,"pid":7,"thread":"worker","thread_id":3}"#,
            "\n"
        )
    );
}

#[test]
fn what_is_not_known_is_left_out() {
    let common = Common::new(String::new(), || 7, true);
    assert_eq!(
        line(&Record::empty(Level::INFO), &common),
        concat!(
            r#"{"timestamp":"1970-01-01T00:00:00.000000Z","level":"INFO","target":"","#,
            r#""message":"","pid":7,"thread_id":0}"#,
            "\n"
        )
    );
}

#[test]
fn without_correlation_there_are_no_ids() {
    let common = Common {
        correlation: false,
        ..common()
    };
    let line = line(&full(), &common);
    assert!(
        !line.contains("trace_id") && !line.contains("span_id"),
        "{line}"
    );
}

#[test]
fn numbers_that_json_has_not_are_strings() {
    let record = Record {
        fields: vec![
            field("nan", f64::NAN),
            field("inf", f64::INFINITY),
            field("negative", f64::NEG_INFINITY),
            field("tiny", f64::MIN_POSITIVE),
            field("third", 1.0 / 3.0),
            field("biggest", u64::MAX),
            field("smallest", i64::MIN),
        ],
        ..Record::empty(Level::INFO)
    };
    assert_eq!(
        parsed(&record)["fields"],
        json!({
            "nan": "NaN", "inf": "Infinity", "negative": "-Infinity",
            "tiny": f64::MIN_POSITIVE, "third": 1.0 / 3.0, "biggest": u64::MAX, "smallest": i64::MIN,
        })
    );
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ]
}

fn expected(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::I64(value) => json!(value),
        Value::U64(value) => json!(value),
        Value::F64(value) if value.is_finite() => json!(value),
        Value::F64(value) if value.is_nan() => json!("NaN"),
        Value::F64(value) if *value > 0.0 => json!("Infinity"),
        Value::F64(_) => json!("-Infinity"),
        Value::Str(value) => json!(value),
    }
}

/// Equal, but for the last digit of a float, which `serde_json` reads fast instead of exactly.
fn same(a: &Json, b: &Json) -> bool {
    let close =
        |a: f64, b: f64| (a - b).abs() <= a.abs().max(f64::MIN_POSITIVE) * f64::EPSILON * 2.0;
    a == b || matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b)) if close(a, b))
}

proptest! {
    #[test]
    fn floats_keep_every_bit(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
        let mut out = Vec::new();
        write_value(&mut out, Draft::new().view(), &Raw::F64(value));
        prop_assert_eq!(str::from_utf8(&out).unwrap().parse::<f64>().unwrap().to_bits(), value.to_bits());
    }

    #[test]
    fn whatever_is_logged_is_one_line_that_reads_back(
        message in any::<String>(),
        target in any::<String>(),
        keys in proptest::collection::btree_set(any::<String>(), 0..6),
        values in proptest::collection::vec(value(), 6),
        user in proptest::option::of(any::<String>()),
        chain in proptest::collection::vec(any::<String>(), 0..4),
    ) {
        let fields: Vec<Attribute> = keys.into_iter().map(Into::into).zip(values).collect();
        let record = Record {
            message: message.clone(),
            target: target.clone().into(),
            fields: fields.clone(),
            attributes: fields.clone(),
            user_id: user.clone(),
            error_chain: chain.clone(),
            context: vec![(message.clone(), target.clone())],
            ..Record::empty(Level::ERROR)
        };
        let line = line(&record, &common());
        prop_assert_eq!(line.find('\n'), Some(line.len() - 1));
        prop_assert!(!line.trim_end().chars().any(escape::is_unsafe));
        let json: Json = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(&json["message"], &json!(message));
        prop_assert_eq!(&json["target"], &json!(target));
        prop_assert_eq!(json.get("user_id").cloned(), user.map(|user| json!(user)));
        prop_assert_eq!(json["context"].get(&message), Some(&json!(target)));
        for part in ["fields", "attributes"] {
            let read = json[part].as_object();
            prop_assert_eq!(read.map_or(0, serde_json::Map::len), fields.len());
            for (key, value) in &fields {
                let read = &json[part][key.as_ref()];
                prop_assert!(same(read, &expected(value)), "{}: {} from {:?}", key, read, value);
            }
        }
        let read: Vec<String> = serde_json::from_value(json["error_chain"].clone()).unwrap_or_default();
        prop_assert_eq!(read, chain);
    }
}
