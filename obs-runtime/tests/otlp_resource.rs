//! All signals of a process come from one resource: who receives them finds by it what belongs together.
#![cfg(all(feature = "macros", feature = "otlp", feature = "log"))]

use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::{Starter, trace_request};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;

mod receiver;

#[trace_request]
fn checkout() {
    tracing::info!("paid");
}

/// The resource of the first request.
fn resource<T: Message + Default>(
    bodies: &receiver::Bodies,
    of: impl FnOnce(T) -> Option<Resource>,
) -> Resource {
    let bodies = bodies.lock().unwrap();
    of(T::decode(&*bodies[0]).unwrap()).unwrap()
}

#[test]
fn all_signals_have_the_same_resource() {
    let (traces, spans) = receiver::start("/traces", "");
    let (metrics, points) = receiver::start("/metrics", "");
    let (logs, records) = receiver::start("/logs", "");
    let (traces, metrics, logs) = (
        format!("http://{traces}/traces"),
        format!("http://{metrics}/metrics"),
        format!("http://{logs}/logs"),
    );
    let layers = Layers::default().variables([
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*traces),
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &*metrics),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &*logs),
        ("OBS_LISTEN", "127.0.0.1:0"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    checkout();
    assert!(running.flush(Duration::from_secs(10)));

    let of_spans = resource(&spans, |mut request: ExportTraceServiceRequest| {
        request.resource_spans.remove(0).resource
    });
    let of_points = resource(&points, |mut request: ExportMetricsServiceRequest| {
        request.resource_metrics.remove(0).resource
    });
    let of_records = resource(&records, |mut request: ExportLogsServiceRequest| {
        request.resource_logs.remove(0).resource
    });
    let has_instance = |resource: &Resource| {
        let mut attributes = resource.attributes.iter();
        attributes.any(|attribute| attribute.key == "service.instance.id")
    };
    assert!(has_instance(&of_spans), "{of_spans:?}");
    assert_eq!(of_spans, of_points);
    assert_eq!(of_spans, of_records);
    running.shutdown().wait();
}
