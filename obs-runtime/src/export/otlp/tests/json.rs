//! The JSON says what the encoded messages say, both as the official types read them.

use std::fmt::Debug;

#[cfg(feature = "log")]
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::prelude::*;
use prost::Message;
use serde::de::DeserializeOwned;

#[cfg(feature = "log")]
use super::logs;
use super::{metrics, spans};
use crate::export::otlp::json::{partial_success, write};
use crate::export::otlp::messages;
use crate::export::otlp::reader::Partial;
use crate::export::otlp::settings::Signal;
use crate::trace::collector::packed::Packed;
use crate::trace::collector::tests::{segment, traces};

fn text(signal: Signal, bytes: &[u8]) -> String {
    let mut text = Vec::new();
    write(&mut text, messages::request(signal), bytes);
    String::from_utf8(text).unwrap()
}

/// What both say, which is the same.
fn assert_same<T: Message + Debug + Default + PartialEq + DeserializeOwned>(
    signal: Signal,
    bytes: &[u8],
) {
    let json = text(signal, bytes);
    let read: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(read, T::decode(bytes).unwrap(), "{json}");
}

proptest! {
    #[test]
    fn of_spans(trace in 1_u128.., written in traces()) {
        let packed = Packed::of(&segment(trace, &written)).unwrap();
        assert_same::<ExportTraceServiceRequest>(Signal::Traces, &spans::encoded(&packed));
    }

    #[test]
    fn of_metrics(snapshot in metrics::snapshots()) {
        assert_same::<ExportMetricsServiceRequest>(Signal::Metrics, &metrics::request(&snapshot));
    }
}

#[cfg(feature = "log")]
proptest! {
    #[test]
    fn of_log_records(record in logs::records()) {
        assert_same::<ExportLogsServiceRequest>(Signal::Logs, &logs::request(&record));
    }
}

#[test]
fn ids_are_hexadecimal_and_long_numbers_are_texts() {
    let packed = Packed::of(&segment(0xabc, &[])).unwrap();
    let mut bytes = spans::encoded(&packed);
    assert!(!text(Signal::Traces, &bytes).contains("\"spans\""));
    let written = [(0, 5, obs_schema::def::CallOutcome::Ok, Vec::new())];
    let packed = Packed::of(&segment(0xabc, &written)).unwrap();
    bytes = spans::encoded(&packed);
    let json: serde_json::Value = serde_json::from_str(&text(Signal::Traces, &bytes)).unwrap();
    let span = &json["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!(span["traceId"], "00000000000000000000000000000abc");
    assert_eq!(span["kind"], 1);
    assert!(span["startTimeUnixNano"].is_string(), "{span}");
}

#[test]
fn numbers_that_json_lacks_are_words() {
    let mut snapshot = metrics::gauge("g", f64::NAN);
    for (value, word) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ] {
        snapshot.families[0].series[0].value = crate::metric::snapshot::Value::Gauge(value);
        let json = text(Signal::Metrics, &metrics::request(&snapshot));
        assert!(json.contains(&format!("\"asDouble\":\"{word}\"")), "{json}");
    }
}

#[test]
fn an_answer_is_read_in_both_spellings_of_a_number() {
    let partial = |rejected, message: &str| Partial {
        rejected,
        message: message.to_owned(),
    };
    for (answer, expected) in [
        ("{}", partial(0, "")),
        ("", partial(0, "")),
        ("not JSON", partial(0, "")),
        (r#"{"partialSuccess":{}}"#, partial(0, "")),
        (
            r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}"#,
            partial(3, "too old"),
        ),
        (
            r#"{"partialSuccess":{"rejectedLogRecords":2}}"#,
            partial(2, ""),
        ),
        (
            r#"{"partialSuccess":{"rejectedDataPoints":"-2"}}"#,
            partial(0, ""),
        ),
    ] {
        assert_eq!(partial_success(answer.as_bytes()), expected, "{answer}");
    }
}
