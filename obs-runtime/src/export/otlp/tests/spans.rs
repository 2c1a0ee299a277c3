//! Spans against the official messages and against what the store shows.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::config::Layers;
use crate::export::delivery::Batch;
use crate::export::otlp::resource::Frame;
use crate::export::otlp::spans::Spans;
use crate::trace::collector::packed::Packed;
use crate::trace::collector::tests::{segment, traces};
use crate::trace::{SpanData, Status, Value};

/// A request with the spans of a trace.
pub(super) fn encoded(packed: &Packed) -> Vec<u8> {
    let variables = [
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=one"),
    ];
    let config = Layers::default().variables(variables).load().unwrap();
    let mut batch = Batch::default();
    Spans::default().encode(packed, &mut batch);
    let mut out = Vec::new();
    Frame::new(&config.service).around(&mut out, batch.bytes(), None);
    out
}

fn request(packed: &Packed) -> ExportTraceServiceRequest {
    ExportTraceServiceRequest::decode(&*encoded(packed)).unwrap()
}

fn spans(packed: &Packed) -> Vec<Span> {
    let mut request = request(packed);
    assert_eq!(request.resource_spans.len(), 1);
    let mut resource = request.resource_spans.remove(0);
    assert_eq!(resource.scope_spans.len(), 1);
    resource.scope_spans.remove(0).spans
}

fn text(attribute: &KeyValue) -> String {
    match attribute
        .value
        .as_ref()
        .and_then(|value| value.value.as_ref())
    {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::IntValue(value)) => value.to_string(),
        Some(any_value::Value::BoolValue(value)) => value.to_string(),
        Some(any_value::Value::DoubleValue(value)) => value.to_string(),
        other => panic!("{other:?}"),
    }
}

fn shown(value: &Value) -> String {
    value.to_string()
}

/// What is sent says the same as what the store shows.
fn assert_same(sent: &Span, stored: &SpanData) {
    assert_eq!(sent.span_id, stored.span_id.get().to_be_bytes());
    let parent = stored.parent_id.map(|id| id.get().to_be_bytes().to_vec());
    assert_eq!(sent.parent_span_id, parent.unwrap_or_default());
    assert_eq!(sent.name, stored.name);
    assert_eq!(sent.kind, stored.kind as i32 + 1);
    assert_eq!(sent.start_time_unix_nano, stored.start_unix_ns);
    assert_eq!(sent.end_time_unix_nano, stored.end_unix_ns());
    let status = sent.status.clone().unwrap_or_default();
    let code = match stored.status {
        Status::Unset => 0,
        Status::Ok => 1,
        Status::Error => 2,
    };
    assert_eq!(status.code, code);
    assert_eq!(
        status.message,
        stored.status_message.clone().unwrap_or_default()
    );
    for (key, value) in &stored.attributes {
        let found: Vec<_> = sent
            .attributes
            .iter()
            .filter(|sent| sent.key == *key)
            .collect();
        assert_eq!(found.len(), 1, "{key} in {:?}", sent.attributes);
        assert_eq!(text(found[0]), shown(value));
    }
    assert_eq!(sent.events.len(), stored.events.len());
    assert_eq!(sent.links.len(), stored.links.len());
}

#[test]
fn the_resource_says_who_speaks() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let trace = proptest::strategy::Strategy::new_tree(&traces(), &mut runner).unwrap();
    let spans = proptest::strategy::ValueTree::current(&trace);
    let packed = Packed::of(&segment(1, &spans)).unwrap();
    let request = request(&packed);
    let resource = request.resource_spans[0].resource.as_ref().unwrap();
    let of = |key: &str| {
        let found = resource
            .attributes
            .iter()
            .find(|attribute| attribute.key == key);
        text(found.unwrap())
    };
    assert_eq!(of("service.name"), "shop");
    assert_eq!(of("service.instance.id"), "one");
    assert_eq!(of("telemetry.sdk.language"), "rust");
    let scope = &request.resource_spans[0].scope_spans[0];
    assert_eq!(scope.scope.as_ref().unwrap().name, "obs-runtime");
    assert!(
        scope
            .schema_url
            .starts_with("https://opentelemetry.io/schemas/")
    );
}

proptest::proptest! {
    #[test]
    fn what_is_sent_is_what_the_store_shows(written in traces(), id in 1u128..) {
        let packed = Packed::of(&segment(id, &written)).unwrap();
        let stored = packed.unpack();
        let sent = spans(&packed);
        proptest::prop_assert_eq!(sent.len(), stored.spans.len());
        for (sent, stored) in sent.iter().zip(&stored.spans) {
            proptest::prop_assert_eq!(&sent.trace_id, &id.to_be_bytes());
            assert_same(sent, stored);
        }
    }
}
