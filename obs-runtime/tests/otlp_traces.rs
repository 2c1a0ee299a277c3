//! Kept traces go to an OTLP receiver: a process that has been started, and a server of the test.
#![cfg(all(feature = "macros", feature = "otlp"))]

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::encode::Format;
use obs_runtime::{Running, Starter, trace_request};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

mod receiver;

/// One process has one monitoring.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[trace_request("checkout", attributes(order = order))]
async fn checkout(order: u64) -> Result<(), String> {
    pay(order)
}

#[trace_request("pay")]
fn pay(order: u64) -> Result<(), String> {
    if order == 0 {
        return Err("no such order".to_owned());
    }
    Ok(())
}

fn start(address: SocketAddr, exporter: &str) -> Running {
    let endpoint = format!("http://{address}");
    let layers = Layers::default().variables([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_TRACES_EXPORTER", exporter),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
    ]);
    Starter::new(layers).start().unwrap()
}

fn spans(bodies: &Mutex<Vec<Vec<u8>>>) -> Vec<Span> {
    let bodies = bodies.lock().unwrap();
    let requests = bodies
        .iter()
        .map(|body| ExportTraceServiceRequest::decode(&**body).unwrap());
    let resources = requests.flat_map(|request| request.resource_spans);
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

#[test]
fn a_kept_trace_arrives_as_a_whole() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (address, bodies) = receiver::start("/v1/traces", "");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let running = runtime.block_on(async {
        let running = start(address, "otlp");
        checkout(7).await.unwrap();
        checkout(0).await.unwrap_err();
        // The only thread of the program's runtime does nothing while it waits here.
        assert!(running.flush(Duration::from_secs(10)));
        running
    });
    let spans = spans(&bodies);
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    assert_eq!(names, ["pay", "checkout", "pay", "checkout"]);
    assert_eq!(spans[0].trace_id, spans[1].trace_id);
    assert_eq!(spans[0].parent_span_id, spans[1].span_id);
    let status = spans[3].status.as_ref().unwrap();
    assert_eq!((status.code, &*status.message), (2, "no such order"));
    let keys: Vec<_> = spans[3]
        .attributes
        .iter()
        .map(|attribute| &*attribute.key)
        .collect();
    for key in [
        "code.function.name",
        "code.file.path",
        "code.line.number",
        "order",
        "error.type",
    ] {
        assert!(keys.contains(&key), "{keys:?}");
    }
    let metrics = Registry::global().scrape(Format::TEXT);
    let metrics = String::from_utf8_lossy(&metrics);
    for line in [
        "obs_export_items_total{service=\"shop\",sink=\"otlp_traces\"} 4",
        "obs_export_delivered_total{service=\"shop\",sink=\"otlp_traces\"} 4",
        "obs_export_queue_length{service=\"shop\",sink=\"otlp_traces\"} 0",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    runtime.block_on(running.shutdown());
}

#[test]
fn what_is_left_at_the_end_is_sent_without_any_runtime() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (address, bodies) = receiver::start("/v1/traces", "");
    let running = start(address, "otlp");
    pay(1).unwrap();
    drop(running);
    assert_eq!(spans(&bodies).len(), 1);
    pay(2).unwrap();
    assert_eq!(spans(&bodies).len(), 1);
}

#[test]
fn without_an_exporter_nothing_is_sent() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (address, bodies) = receiver::start("/v1/traces", "");
    let running = start(address, "none");
    pay(1).unwrap();
    drop(running);
    assert!(bodies.lock().unwrap().is_empty());
}

#[test]
fn an_address_that_is_none_is_an_error_at_the_start() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let layers = Layers::default().variables([
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"),
        ("OBS_LISTEN", "127.0.0.1:0"),
    ]);
    let error = Starter::new(layers).start().unwrap_err().to_string();
    assert_eq!(
        error,
        "OTEL_EXPORTER_OTLP_ENDPOINT: not an address; write for example `http://localhost:4318`"
    );
}
