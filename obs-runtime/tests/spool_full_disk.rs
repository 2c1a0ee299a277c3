//! The disk on which items wait for their receiver is full: a file system that is, and not a bound.
#![cfg(all(target_os = "linux", feature = "macros", feature = "otlp"))]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::encode::Format;
use obs_runtime::{Starter, trace_request};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message;

#[path = "receiver/serve.rs"]
mod receiver;
mod small_disk;

use small_disk::SmallDisk;

const BATCHES: i64 = 40;
const BATCH: i64 = 50;

#[trace_request("checkout", attributes(order = order))]
fn checkout(order: i64) {
    std::hint::black_box(order);
}

/// The orders of a request's spans.
fn orders(body: &[u8]) -> Vec<i64> {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let scopes = request
        .resource_spans
        .into_iter()
        .flat_map(|all| all.scope_spans);
    let attributes = scopes
        .flat_map(|scope| scope.spans)
        .flat_map(|span| span.attributes);
    let orders = attributes.filter(|attribute| attribute.key == "order");
    orders
        .map(|order| match order.value.unwrap().value {
            Some(Value::IntValue(order)) => order,
            other => panic!("{other:?}"),
        })
        .collect()
}

/// The bytes in the files of a directory and those below.
fn bytes(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).unwrap().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => bytes(&entry.path()),
        about => about.map_or(0, |about| about.len()),
    });
    sizes.sum()
}

/// One of the counts of the exporter.
fn count(metric: &str) -> i64 {
    let metrics = String::from_utf8(Registry::global().scrape(Format::TEXT)).unwrap();
    let start = format!("{metric}{{service=\"shop\",sink=\"otlp_traces\"}} ");
    let value = metrics.lines().find_map(|line| line.strip_prefix(&start));
    value.unwrap_or("0").parse().unwrap()
}

#[test]
fn what_finds_no_room_on_the_disk_waits_in_memory_and_arrives_in_order() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    // Nobody answers yet.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let endpoint = format!("http://{address}");
    let layers = Layers::default().variables([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OBS__EXPORT__SPOOL", disk.path().to_str().unwrap()),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    for batch in 0..BATCHES {
        (batch * BATCH..(batch + 1) * BATCH).for_each(checkout);
        running.flush(Duration::from_millis(20));
    }
    let all = BATCHES * BATCH;
    assert_eq!(count("obs_export_items_total"), all);
    assert_eq!(count("obs_export_queue_length"), all);
    let on_disk = bytes(disk.path());
    assert!(
        (16 * 1024..=64 * 1024).contains(&on_disk),
        "{on_disk} bytes"
    );

    let listener = TcpListener::bind(address).unwrap();
    let bodies = receiver::serve(listener, "/v1/traces", "");
    assert!(running.flush(Duration::from_secs(60)));
    let received: Vec<_> = bodies
        .lock()
        .unwrap()
        .iter()
        .flat_map(|body| orders(body))
        .collect();
    assert_eq!(received, (0..all).collect::<Vec<_>>());
    assert_eq!(count("obs_export_delivered_total"), all);
    assert_eq!(count("obs_export_queue_length"), 0);
    running.shutdown().wait();
}
